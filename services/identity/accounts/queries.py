"""Accounts as agents see them."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.history import history_of
from chassis.data.paging import page_of, read_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.history import HistoryEntry
from contracts.http import Page
from contracts.identity import models
from contracts.types import ActorKind

from ..service_keys.queries import key_states
from ..settings import IdentityRules

ACCOUNTS_OF_HOUSEHOLD_SQL = """
select a.account_id from accounts a join invited_guardians g using (guardian_id)
where ($1::uuid is null or g.household_id = $1) and ($2::uuid is null or a.guardian_id = $2)
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
select a.account_id, a.guardian_id, a.kind, a.email, a.username, a.created_at, a.last_sign_in_at,
       case when a.is_disabled then 'disabled' else a.status end as status,
       (select i.expires_at from invitations i
        where i.account_id = a.account_id and i.used_at is null and i.replaced_at is null) as invitation_expires_at
from accounts a
where ($1::uuid is null or a.guardian_id = $1) and ($2::uuid is null or a.account_id > $2)
order by a.account_id limit $3
"""


async def list_accounts(
    db: Database, rules: IdentityRules, guardian_id: UUID | None, cursor: str | None, limit: int
) -> Page[models.Account]:
    """A page of accounts, oldest first."""
    rows = await db.fetch(ACCOUNTS_SQL, guardian_id, read_id(cursor), limit + 1)
    guardians = [row["account_id"] for row in rows if row["guardian_id"] is not None]
    services = await key_states(db, guardians, rules.services)
    accounts = [models.Account(**dict(row), services=services.get(row["account_id"], ())) for row in rows]
    return page_of(accounts, lambda account: (account.account_id,), limit)
