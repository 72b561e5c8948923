"""Storage of merges, and of what they move. Both accounts are locked by then."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.identifiers import new_id

from ..accounts.domain import AccountRecord
from .domain import HeldKey, KnownPerson, MergePlan, MergeRecord, Side

PERSONS_SQL = """
select p.account_id, p.guardian_id, trim(p.first_name || ' ' || p.last_name) as name, p.name_key, p.phone_key, p.is_merged,
       array(select h.reference from invited_guardians g join household_versions h using (household_id)
             where g.guardian_id = p.guardian_id order by h.reference) as references
from account_persons p where p.account_id = any($1::uuid[]) order by p.guardian_id
"""

KEYS_SQL = """
select account_id, service, service_key_id, entered_at is not null as is_entered from service_keys
where account_id = any($1::uuid[]) and replaced_at is null
"""

COUNTS_SQL = """
select a.account_id, exists (select from franceconnect_links f where f.account_id = a.account_id) as has_franceconnect,
       (select count(*) from sessions s where s.account_id = a.account_id and s.expires_at > $2) as session_count,
       (select count(*) from terms_acceptances t join account_persons p on p.guardian_id = t.person_id
        where p.account_id = a.account_id) as acceptance_count,
       (select count(*) from passkeys k where k.account_id = a.account_id) as passkey_count,
       exists (select from second_factors s where s.account_id = a.account_id) as has_second_factor
from unnest($1::uuid[]) as a (account_id)
"""


async def sides_of(db: Queries, accounts: Sequence[AccountRecord], now: datetime) -> list[Side]:
    """Accounts with all that a merge touches or counts."""
    ids = [account.account_id for account in accounts]
    persons: defaultdict[UUID, list[KnownPerson]] = defaultdict(list)
    for row in await db.fetch(PERSONS_SQL, ids):
        persons[row["account_id"]].append(_person(row))
    keys: defaultdict[UUID, dict[str, HeldKey]] = defaultdict(dict)
    for row in await db.fetch(KEYS_SQL, ids):
        keys[row["account_id"]][row["service"]] = HeldKey(row["service_key_id"], row["is_entered"])
    counts = {row["account_id"]: row for row in await db.fetch(COUNTS_SQL, ids, now)}
    return [
        Side(
            account=account,
            persons=tuple(persons[account.account_id]),
            keys=keys[account.account_id],
            has_franceconnect=counts[account.account_id]["has_franceconnect"],
            session_count=counts[account.account_id]["session_count"],
            acceptance_count=counts[account.account_id]["acceptance_count"],
            passkey_count=counts[account.account_id]["passkey_count"],
            has_second_factor=counts[account.account_id]["has_second_factor"],
        )
        for account in accounts
    ]


REPLACE_WAITING_SQL = """
update service_keys set replaced_at = $3, sealed = null
where account_id = $1 and service = any($2::text[]) and replaced_at is null
"""

MOVE_KEYS_SQL = """
update service_keys set account_id = $2
where service_key_id = any($1::uuid[]) and account_id = $3 and replaced_at is null
"""

GIVE_IDENTITY_BACK_SQL = """
insert into franceconnect_links (account_id, subject, linked_at, counts_from)
select merged_account_id, dropped_subject, dropped_linked_at, dropped_counts_from
from account_merges where merge_id = $1 and dropped_subject is not null
on conflict do nothing
"""

FORGET_IDENTITY_SQL = """
update account_merges set dropped_subject = null, dropped_linked_at = null, dropped_counts_from = null where merge_id = $1
"""

FORGET_DROPPED_IDENTITIES_SQL = """
update account_merges set dropped_subject = null, dropped_linked_at = null, dropped_counts_from = null
where merge_id in (
    select merge_id from account_merges where merged_at <= $1 and dropped_subject is not null limit $2
    for update skip locked)
"""


async def move_keys(tx: Transaction, key_ids: Sequence[UUID], from_id: UUID, to_id: UUID) -> None:
    """Give another account keys that are alive still."""
    await tx.execute(MOVE_KEYS_SQL, list(key_ids), to_id, from_id)


async def give_identity_back(tx: Transaction, merge_id: UUID) -> None:
    """Let the identity that a merge dropped open its account again, unless it opens another one by now; the merge keeps nothing of it."""
    await tx.execute(GIVE_IDENTITY_BACK_SQL, merge_id)
    await tx.execute(FORGET_IDENTITY_SQL, merge_id)


ADD_MERGE_SQL = """
with dropped as (delete from franceconnect_links where account_id = $3 returning subject, linked_at, counts_from)
insert into account_merges (merge_id, kept_account_id, merged_account_id, moved_guardian_ids, moved_service_key_ids,
                            merged_at, merged_by, dropped_subject, dropped_linked_at, dropped_counts_from)
select $1, $2, $3, $4, $5, $6, $7, dropped.subject, dropped.linked_at, dropped.counts_from
from (values (1)) as one (n) left join dropped on true
"""


async def carry_out(tx: Transaction, sides: tuple[Side, Side], plan: MergePlan, by: UUID) -> MergeRecord:
    """Move keys from the second account to the first, drop its identity, and keep what was moved and dropped."""
    kept_id, merged_id, now = sides[0].account.account_id, sides[1].account.account_id, await tx.now()
    await tx.execute(REPLACE_WAITING_SQL, kept_id, list(plan.replaced_services), now)
    await move_keys(tx, plan.key_ids, merged_id, kept_id)
    merge = MergeRecord(new_id(), kept_id, merged_id, plan.guardian_ids, plan.key_ids, now, undone_at=None)
    values = (list(plan.guardian_ids), list(plan.key_ids), now, by)
    await tx.execute(ADD_MERGE_SQL, merge.merge_id, kept_id, merged_id, *values)
    return merge


MERGE_SQL = """
select merge_id, kept_account_id, merged_account_id, moved_guardian_ids, moved_service_key_ids, merged_at, undone_at
from account_merges where merge_id = $1
"""


async def find_merge(tx: Transaction, merge_id: UUID) -> MergeRecord | None:
    """A merge; the accounts must be locked before it is believed."""
    row = await tx.fetchrow(MERGE_SQL, merge_id)
    return merge_of(row) if row else None


MERGES_SQL = """
select merge_id, kept_account_id, merged_account_id, moved_guardian_ids, moved_service_key_ids, merged_at, undone_at
from account_merges where kept_account_id = $1 and undone_at is null and merged_at > $2 order by merged_at desc
"""


async def merges_of(db: Queries, account_id: UUID, since: datetime) -> list[MergeRecord]:
    """The merges into an account that were not undone, the newest first."""
    return [merge_of(row) for row in await db.fetch(MERGES_SQL, account_id, since)]


UNDO_MERGE_SQL = "update account_merges set undone_at = $2, undone_by = $3 where merge_id = $1"


async def note_undone(tx: Transaction, merge_id: UUID, at: datetime, by: UUID) -> None:
    """Note that a merge was undone."""
    await tx.execute(UNDO_MERGE_SQL, merge_id, at, by)


def merge_of(row: Row) -> MergeRecord:
    """The merge in a row that holds its columns."""
    return MergeRecord(
        merge_id=row["merge_id"],
        kept_account_id=row["kept_account_id"],
        merged_account_id=row["merged_account_id"],
        moved_guardian_ids=tuple(row["moved_guardian_ids"]),
        moved_service_key_ids=tuple(row["moved_service_key_ids"]),
        merged_at=row["merged_at"],
        undone_at=row["undone_at"],
    )


def _person(row: Row) -> KnownPerson:
    return KnownPerson(
        guardian_id=row["guardian_id"],
        name=row["name"],
        name_key=row["name_key"],
        phone_key=row["phone_key"],
        references=tuple(row["references"]),
        is_merged=row["is_merged"],
    )
