"""Storage of whom an account stands for, and of who acts in its sessions. Accounts are locked by whoever changes that."""

from collections.abc import Collection, Sequence
from uuid import UUID

from chassis.collation import Collation
from chassis.data.database import Queries, Transaction

from ..accounts.domain import email_key
from .domain import Invitee, Link, person_name_key, phone_key

TAKE_ADDRESSES_SQL = "select pg_advisory_xact_lock(hashtextextended(address, 11)) from unnest($1::text[]) address"


async def take_addresses(tx: Transaction, emails: Collection[str]) -> None:
    """Let others who would have an account for one of these addresses wait for this transaction."""
    await tx.execute(TAKE_ADDRESSES_SQL, sorted({email_key(email) for email in emails}))


AT_ADDRESSES_SQL = """
select account_id from accounts
where kind = 'parent' and not is_disabled
  and (email_key = any($1::text[]) or email_key in (select email_key from accounts where account_id = any($2::uuid[])))
"""


async def accounts_at(tx: Transaction, emails: Collection[str], account_ids: Collection[UUID]) -> set[UUID]:
    """The open accounts of families that have one of these addresses, or the address of one of these accounts."""
    rows = await tx.fetch(AT_ADDRESSES_SQL, [email_key(email) for email in emails], list(account_ids))
    return {row["account_id"] for row in rows}


LINKS_SQL = """
select p.guardian_id, p.account_id, p.email, p.details_revision as revision, p.is_merged
from account_persons p where p.guardian_id = any($1::uuid[])
"""


async def links_of(db: Queries, guardian_ids: Collection[UUID]) -> dict[UUID, Link]:
    """The accounts that adults have, by adult."""
    return {row["guardian_id"]: Link(**row) for row in await db.fetch(LINKS_SQL, list(guardian_ids))}


COMPANY_SQL = """
select count(*) from account_persons where account_id = $1 and guardian_id <> $2 and not is_merged
"""


async def company_of(tx: Transaction, link: Link) -> int:
    """How many others have the account of an adult because its address is theirs."""
    return int(await tx.fetchval(COMPANY_SQL, link.account_id, link.guardian_id))


LAST_INVITED_SQL = "select guardian_id from account_persons where left_household_id = $1 and left_at is not null"


async def last_invited_by(tx: Transaction, household_id: UUID) -> set[UUID]:
    """The adults whom no file invites any longer, and this one was the last that did."""
    return {row["guardian_id"] for row in await tx.fetch(LAST_INVITED_SQL, household_id)}


HOUSEHOLD_ADULTS_SQL = "select guardian_id from invited_guardians where household_id = $1"


async def invited_by(tx: Transaction, household_id: UUID) -> set[UUID]:
    """The adults whom a household invited so far."""
    return {row["guardian_id"] for row in await tx.fetch(HOUSEHOLD_ADULTS_SQL, household_id)}


REPLACE_INVITED_SQL = """
with removed as (
    delete from invited_guardians where household_id = $1 and guardian_id <> all($2::uuid[]) returning guardian_id
), added as (
    insert into invited_guardians (household_id, guardian_id) select $1, unnest($2::uuid[]) on conflict do nothing
), returned as (
    update account_persons set left_at = null, left_household_id = null where guardian_id = any($2::uuid[]) and left_at is not null
)
update account_persons p set left_at = $3, left_household_id = $1 from removed
where p.guardian_id = removed.guardian_id and not exists (
    select from invited_guardians other where other.guardian_id = removed.guardian_id and other.household_id <> $1
)
returning p.guardian_id
"""


async def replace_invited(tx: Transaction, household_id: UUID, guardian_ids: Collection[UUID]) -> frozenset[UUID]:
    """Note whom a household invites; those whom it invited until now and nobody invites any longer."""
    rows = await tx.fetch(REPLACE_INVITED_SQL, household_id, list(guardian_ids), await tx.now())
    return frozenset(row["guardian_id"] for row in rows)


LINK_SQL = """
insert into account_persons (guardian_id, account_id, is_delegate, email, first_name, last_name, name_key, list_key, phone_key,
                             details_revision)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (guardian_id) do update set account_id = excluded.account_id, is_merged = false
"""

KEEP_DETAILS_SQL = """
update account_persons
set email = $2, first_name = $3, last_name = $4, name_key = $5, list_key = $6, phone_key = $7, details_revision = $8
where guardian_id = $1 and details_revision <= $8
"""


async def link_person(tx: Transaction, invitee: Invitee, account_id: UUID, *, is_delegate: bool = False) -> None:
    """Let an account stand for an adult, or a delegate, and no other one. Whoever was alone in it goes on to act in its open sessions."""
    await keep_only_person(tx, account_id)
    details = _details(invitee, tx.collation)
    await tx.execute(LINK_SQL, invitee.guardian_id, account_id, is_delegate, *details)


async def keep_details(tx: Transaction, invitee: Invitee) -> None:
    """Note what a file says of an adult who has an account, unless something newer is known."""
    await tx.execute(KEEP_DETAILS_SQL, invitee.guardian_id, *_details(invitee, tx.collation))


KEEP_ONLY_PERSON_SQL = """
update sessions s set guardian_id = alone.guardian_id
from (
    select (array_agg(guardian_id))[1] as guardian_id from account_persons where account_id = $1 having count(*) = 1
) alone
where s.account_id = $1 and s.guardian_id is null
"""


async def keep_only_person(tx: Transaction, account_id: UUID) -> None:
    """Note in the open sessions of an account who acts in them, before it stands for somebody else too."""
    await tx.execute(KEEP_ONLY_PERSON_SQL, account_id)


MOVE_PERSONS_SQL = "update account_persons set account_id = $2, is_merged = $3 where guardian_id = any($1::uuid[])"


async def move_persons(tx: Transaction, guardian_ids: Sequence[UUID], account_id: UUID, *, is_merged: bool) -> None:
    """Let an account stand for adults of another one."""
    await keep_only_person(tx, account_id)
    await tx.execute(MOVE_PERSONS_SQL, guardian_ids, account_id, is_merged)


LINKED_SQL = "select guardian_id from account_persons where account_id = $1 order by guardian_id"


async def linked_to(tx: Transaction, account_id: UUID) -> list[UUID]:
    """Every adult whom an account stands for, invited still or not."""
    return [row["guardian_id"] for row in await tx.fetch(LINKED_SQL, account_id)]


# A session in which nobody said yet who acts may be theirs: it would be the last other person's, if one is left.
END_PERSON_SESSIONS_SQL = """
delete from sessions where account_id = $1 and (guardian_id = $2 or guardian_id is null)
"""


async def end_sessions_of(tx: Transaction, account_id: UUID, guardian_id: UUID) -> None:
    """Sign an adult out of an account that others use, and whoever did not say there yet who acts."""
    await tx.execute(END_PERSON_SESSIONS_SQL, account_id, guardian_id)


CHOOSE_PERSON_SQL = "update sessions set guardian_id = $2 where token_hash = $1 returning true"


async def keep_choice(tx: Transaction, session_hash: bytes, guardian_id: UUID) -> bool:
    """Note who acts in a session; False when it ended meanwhile."""
    return bool(await tx.fetchval(CHOOSE_PERSON_SQL, session_hash, guardian_id))


ERASE_PERSONS_SQL = "delete from account_persons where guardian_id = any($1::uuid[]) returning account_id"

ERASE_ACCEPTANCES_SQL = "delete from terms_acceptances where person_id = any($1::uuid[])"

DELETE_EMPTY_SQL = """
delete from accounts a
where (a.account_id = any($1::uuid[]) or a.merged_into = any($1::uuid[]))
  and not exists (select from account_persons p where p.account_id = coalesce(a.merged_into, a.account_id))
returning a.account_id
"""


async def erase_persons(tx: Transaction, guardian_ids: Collection[UUID]) -> list[UUID]:
    """Erase what is known of adults, what they accepted, and the accounts that stand for nobody then, with all that belongs to these and
    those that were merged into them; the ids of these accounts."""
    rows = await tx.fetch(ERASE_PERSONS_SQL, list(guardian_ids))
    await tx.execute(ERASE_ACCEPTANCES_SQL, list(guardian_ids))
    emptied = await tx.fetch(DELETE_EMPTY_SQL, [row["account_id"] for row in rows])
    return [row["account_id"] for row in emptied]


def _details(invitee: Invitee, collation: Collation) -> tuple[object, ...]:
    return (
        invitee.email,
        invitee.first_name,
        invitee.last_name,
        person_name_key(invitee.first_name, invitee.last_name),
        collation.stored_key(invitee.first_name, invitee.last_name),
        phone_key(invitee.phone),
        invitee.revision,
    )
