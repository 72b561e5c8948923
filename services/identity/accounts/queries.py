"""Accounts as agents see them."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.history import history_of
from chassis.data.paging import page_of, read_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.identity import models
from contracts.identity.accounts import FamilyAccount, FamilyAccountCount, FamilyAccountState, LastSignIn
from contracts.types import ActorKind

from ..service_keys.queries import key_states
from ..settings import IdentityRules

SIGNED_IN_DAYS: Final = {
    LastSignIn.OVER_30_DAYS: 30,
    LastSignIn.OVER_180_DAYS: 180,
    LastSignIn.OVER_365_DAYS: 365,
}

ACCOUNTS_OF_HOUSEHOLD_SQL = """
select distinct a.account_id from account_persons p
join accounts a on p.account_id in (a.account_id, a.merged_into)
where exists (
        select from invited_guardians g
        where g.guardian_id = p.guardian_id and ($1::uuid is null or g.household_id = $1))
  and ($2::uuid is null or p.guardian_id = $2)
order by a.account_id
"""


async def history(db: Database, actor: Actor, household_id: UUID | None, cursor: str | None) -> Page[HistoryEntry]:
    """What was done with the accounts of a household; a guardian reaches their own.

    Raises:
        NotFound: the guardian is of another household, or of none.
        Invalid: an agent named no household.
    """
    guardian_id = actor.require_guardian() if actor.kind is ActorKind.PARENT else None
    if guardian_id is None and household_id is None:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    rows = await db.fetch(ACCOUNTS_OF_HOUSEHOLD_SQL, household_id, guardian_id)
    if guardian_id is not None and not rows:
        raise NotFound
    return await history_of(db, None, cursor, [row["account_id"] for row in rows])


ACCOUNTS_SQL = """
select a.account_id, a.kind, a.email,
       array(select p.guardian_id from account_persons p where p.account_id = a.account_id order by p.guardian_id)
           as guardian_ids,
       a.username, a.created_at, a.last_sign_in_at,
       case when a.is_disabled then 'disabled' else a.status end as status,
       i.invitation_id, i.expires_at as invitation_expires_at, i.refused_at as invitation_refused_at
from accounts a left join invitations i on i.account_id = a.account_id and i.used_at is null and i.replaced_at is null
where ($1::uuid is null or exists (
        select from account_persons p where p.account_id = a.account_id and p.guardian_id = $1))
  and ($2::uuid is null or a.account_id > $2)
order by a.account_id limit $3
"""


async def list_accounts(
    db: Database, rules: IdentityRules, guardian_id: UUID | None, cursor: str | None, limit: int
) -> Page[models.Account]:
    """A page of accounts, oldest first."""
    rows = await db.fetch(ACCOUNTS_SQL, guardian_id, read_id(cursor), limit + 1)
    families = [row["account_id"] for row in rows if row["kind"] == ActorKind.PARENT]
    services = await key_states(db, families, rules.services)
    accounts = [models.Account(**dict(row), services=services.get(row["account_id"], ())) for row in rows]
    return page_of(accounts, lambda account: (account.account_id,), limit)


def signed_in_between(last: LastSignIn | None, now: datetime) -> tuple[datetime | None, datetime | None, bool]:
    """From when on and until when the last sign-in was, and whether there was none: what a list is narrowed by."""
    if last is LastSignIn.WITHIN_30_DAYS:
        return now - timedelta(days=30), None, False
    if last in SIGNED_IN_DAYS:
        return None, now - timedelta(days=SIGNED_IN_DAYS[last]), False
    return None, None, last is LastSignIn.NEVER


STANDING = """
case when a.is_disabled then 'closed' when a.status = 'active' then 'opened' when a.status = 'activated' then 'started'
     when a.invited_at is null then 'never_invited' when i.expires_at > $1 then 'invited' else 'lapsed' end
"""
"""Where the account of a family stands at $1, a FamilyAccountState."""
FAMILIES = """
from accounts a left join invitations i on i.account_id = a.account_id and i.used_at is null and i.replaced_at is null
where a.kind = 'parent' and a.merged_into is null
  and ($2::timestamptz is null or a.last_sign_in_at >= $2) and ($3::timestamptz is null or a.last_sign_in_at < $3)
  and (a.last_sign_in_at is null or not $4::bool)
"""
"""The accounts of families whose holders signed in last between $2 and $3, or never ($4); an account that was merged into another is none."""

FAMILY_ACCOUNTS_SQL = f"""
select a.account_id, a.email, {STANDING} as state, a.created_at, a.invited_at, i.expires_at as invitation_expires_at, a.last_sign_in_at,
       array(select trim(p.first_name || ' ' || p.last_name) from account_persons p
             where p.account_id = a.account_id order by p.list_key, p.guardian_id) as names,
       array(select distinct v.reference from account_persons p
             join invited_guardians g using (guardian_id) join household_versions v using (household_id)
             where p.account_id = a.account_id and v.reference is not null order by v.reference) as "references"
{FAMILIES} and ($5::text is null or $5 = {STANDING}) and ($6::uuid is null or a.account_id > $6)
order by a.account_id limit $7
"""  # noqa: S608 - it is put together from constants alone


async def family_accounts(
    db: Database, state: FamilyAccountState | None, last: LastSignIn | None, cursor: str | None, limit: int
) -> Page[FamilyAccount]:
    """A page of families' accounts, the oldest first."""
    now = await db.now()
    rows = await db.fetch(FAMILY_ACCOUNTS_SQL, now, *signed_in_between(last, now), state, read_id(cursor), limit + 1)
    return page_of([FamilyAccount(**row) for row in rows], lambda account: (account.account_id,), limit)


FAMILY_COUNTS_SQL = f"select {STANDING} as state, count(*) as account_count {FAMILIES} group by 1"


async def family_counts(db: Database, last: LastSignIn | None) -> Page[FamilyAccountCount]:
    """How many of them stand where."""
    now = await db.now()
    rows = await db.fetch(FAMILY_COUNTS_SQL, now, *signed_in_between(last, now))
    counts = {row["state"]: row["account_count"] for row in rows}
    return Page(
        items=tuple(FamilyAccountCount(state=state, account_count=counts.get(state, 0)) for state in FamilyAccountState)
    )
