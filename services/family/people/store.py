"""Storage of adults and children."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.collation import Collation
from chassis.data.database import Queries, Row, Transaction
from contracts.types import Civility

from .domain import Adult, Child, comparable_email, identity_of, name_key

TAKE_TURN_SQL = "select pg_advisory_xact_lock(hashtextextended(person, 0)) from unnest($1::text[]) person"


async def take_turns(tx: Transaction, keys: Collection[str]) -> None:
    """Let others who would use these names or addresses, as they are compared, wait for this transaction."""
    await tx.execute(TAKE_TURN_SQL, sorted(set(keys)))


ADD_PERSONS_SQL = """
insert into persons (person_id, kind, created_at, created_by) select unnest($1::uuid[]), $2, $3, $4
"""

ADD_ADULTS_SQL = """
insert into adults (adult_id, civility, first_name, last_name, name_key, email, email_key, phone, is_invited)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
"""


async def add_adults(tx: Transaction, adults: Sequence[Adult], at: datetime, by: UUID) -> None:
    await tx.execute(ADD_PERSONS_SQL, [adult.adult_id for adult in adults], "adult", at, by)
    rows = [(adult.adult_id, *_adult_values(adult)) for adult in adults]
    if rows:
        await tx.execute(ADD_ADULTS_SQL, *map(list, zip(*rows, strict=True)))


ADD_CHILDREN_SQL = """
insert into children (child_id, first_name, last_name, name_key, list_key, birth_on, is_expected)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::boolean[])
"""


async def add_children(tx: Transaction, children: Sequence[Child], at: datetime, by: UUID) -> None:
    await tx.execute(ADD_PERSONS_SQL, [child.child_id for child in children], "child", at, by)
    rows = [(child.child_id, *_child_values(child, tx.collation)) for child in children]
    if rows:
        await tx.execute(ADD_CHILDREN_SQL, *map(list, zip(*rows, strict=True)))


SAVE_CHILD_SQL = """
update children set first_name = $2, last_name = $3, name_key = $4, list_key = $5, birth_on = $6, is_expected = $7 where child_id = $1
"""


async def save_child(tx: Transaction, child: Child) -> None:
    """Write a child's civil status."""
    await tx.execute(SAVE_CHILD_SQL, child.child_id, *_child_values(child, tx.collation))


CHILD_COLUMNS: Final = "c.child_id, c.first_name, c.last_name, c.birth_on, c.is_expected"
"""What makes a `Child` of a row of `children c`."""

LOAD_CHILDREN_SQL = f"""
select {CHILD_COLUMNS} from children c where c.child_id = any($1::uuid[]) order by c.child_id
"""  # noqa: S608 - it is put together from constants alone


async def load_children(db: Queries, child_ids: Collection[UUID]) -> dict[UUID, Child]:
    """Those of these children that there are."""
    rows = await db.fetch(LOAD_CHILDREN_SQL, list(child_ids))
    return {row["child_id"]: Child(**dict(row)) for row in rows}


LOCK_CHILD_SQL = f"select {CHILD_COLUMNS} from children c where c.child_id = $1 for no key update"  # noqa: S608 - it is put together from constants alone


async def lock_child(tx: Transaction, child_id: UUID) -> Child | None:
    """A child, held until the transaction ends: who answers for them and where they live changes under this lock."""
    row = await tx.fetchrow(LOCK_CHILD_SQL, child_id)
    return Child(**dict(row)) if row else None


ADULT_COLUMNS: Final = """
a.adult_id, a.civility, a.first_name, a.last_name, a.email, a.phone, a.is_invited, a.revision, a.is_email_confirmed
"""
"""What `adult_of` reads of a row of `adults a`."""

LOAD_ADULT_SQL = f"select {ADULT_COLUMNS} from adults a where adult_id = $1"  # noqa: S608 - it is put together from constants alone


async def load_adult(db: Queries, adult_id: UUID) -> Adult | None:
    """An adult, whichever file they stand in."""
    row = await db.fetchrow(LOAD_ADULT_SQL, adult_id)
    return adult_of(row) if row else None


HOLD_PERSON_SQL = "select person_id from persons where person_id = $1 for update"


async def hold_person(tx: Transaction, person_id: UUID) -> None:
    """Hold a person until the transaction ends: nobody lets them belong to another household meanwhile."""
    await tx.execute(HOLD_PERSON_SQL, person_id)


KNOWN_ADULTS_SQL = f"""
select distinct on (email_key, name_key) {ADULT_COLUMNS}
from adults a where (email_key, name_key) in (select * from unnest($1::text[], $2::text[]))
order by email_key, name_key, adult_id
"""  # noqa: S608 - it is put together from constants alone


async def known_adults(tx: Transaction, adults: Sequence[Adult]) -> dict[UUID, Adult]:
    """Those of these adults whom a file names already, as it does, by the id that they have here; others who name them wait."""
    sought = {identity: adult.adult_id for adult in adults if (identity := identity_of(adult))}
    rows = await tx.fetch(KNOWN_ADULTS_SQL, [email for email, _ in sought], [name for _, name in sought])
    known = [adult_of(row) for row in rows]
    return {sought[identity]: adult for adult in known if (identity := identity_of(adult)) in sought}


EMAIL_ELSEWHERE_SQL = """
select exists (
    select from adults a where a.is_invited and a.email_key = $1 and a.adult_id <> $2 and not exists (
        select from household_members theirs join household_members own using (household_id)
        where theirs.person_id = a.adult_id and own.person_id = $2))
"""


async def is_email_elsewhere(tx: Transaction, email: str, adult_id: UUID) -> bool:
    """Whether an adult of another file alone is invited at an address; others who would take it wait. Those of one file may share theirs."""
    await take_turns(tx, [comparable_email(email)])
    return bool(await tx.fetchval(EMAIL_ELSEWHERE_SQL, comparable_email(email), adult_id))


EMAIL_TAKEN_SQL = """
select exists (select from adults where is_invited and email_key = $1 and adult_id <> $2)
"""


async def is_email_taken(tx: Transaction, email: str, adult_id: UUID) -> bool:
    """Whether another adult is invited at an address; others who would take it wait."""
    await take_turns(tx, [comparable_email(email)])
    return bool(await tx.fetchval(EMAIL_TAKEN_SQL, comparable_email(email), adult_id))


SAVE_CONTACT_SQL = """
update adults
set email = $2, email_key = $3, phone = $4, is_invited = $5, revision = $6, is_email_confirmed = $7,
    email_given_revision = case when email_key is distinct from $3 and not $7 then $6 else email_given_revision end
where adult_id = $1
"""


async def save_contact(tx: Transaction, adult: Adult) -> None:
    """Write how an adult is reached, and with which revision the town gave the address."""
    key = comparable_email(adult.email) if adult.email else None
    values = (adult.email, key, adult.phone, adult.is_invited, adult.revision, adult.is_email_confirmed)
    await tx.execute(SAVE_CONTACT_SQL, adult.adult_id, *values)


EMAIL_GIVEN_SQL = "select email_given_revision from adults where adult_id = $1"


async def email_given_revision(db: Queries, adult_id: UUID) -> int | None:
    """Of which revision of an adult's details the town's last correction of the address is, if it ever made one."""
    revision: int | None = await db.fetchval(EMAIL_GIVEN_SQL, adult_id)
    return revision


def adult_of(row: Row) -> Adult:
    """The adult in a row that holds `ADULT_COLUMNS`."""
    return Adult(
        adult_id=row["adult_id"],
        civility=Civility(row["civility"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        is_invited=row["is_invited"],
        revision=row["revision"],
        is_email_confirmed=row["is_email_confirmed"],
    )


def _child_values(child: Child, collation: Collation) -> tuple[object, ...]:
    keys = (name_key(child), collation.stored_key(child.first_name, child.last_name))
    return (child.first_name, child.last_name, *keys, child.birth_on, child.is_expected)


def _adult_values(adult: Adult) -> tuple[object, ...]:
    return (
        adult.civility,
        adult.first_name,
        adult.last_name,
        name_key(adult),
        adult.email,
        comparable_email(adult.email) if adult.email else None,
        adult.phone,
        adult.is_invited,
    )
