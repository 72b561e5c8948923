"""Storage of adults and children."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.types import Civility

from .domain import Adult, Child, comparable_email, name_key

TAKE_TURN_SQL = "select pg_advisory_xact_lock(hashtextextended(person, 0)) from unnest($1::text[]) person"


async def take_turns(tx: Transaction, keys: Collection[str]) -> None:
    """Let others who would use these names or addresses, as they are compared, wait for this transaction."""
    await tx.execute(TAKE_TURN_SQL, sorted(set(keys)))


ADD_PERSONS_SQL = """
insert into persons (person_id, kind, created_at, created_by) select unnest($1::uuid[]), $2, $3, $4
"""

ADD_ADULTS_SQL = """
insert into adults (adult_id, civility, first_name, last_name, name_key, email, email_key, phone, is_invited)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add_adults(tx: Transaction, adults: Sequence[Adult], at: datetime, by: UUID) -> None:
    await tx.execute(ADD_PERSONS_SQL, [adult.adult_id for adult in adults], "adult", at, by)
    for adult in adults:
        await tx.execute(ADD_ADULTS_SQL, adult.adult_id, *_adult_values(adult))


ADD_CHILDREN_SQL = """
insert into children (child_id, first_name, last_name, name_key, birth_on) values ($1, $2, $3, $4, $5)
"""


async def add_children(tx: Transaction, children: Sequence[Child], at: datetime, by: UUID) -> None:
    await tx.execute(ADD_PERSONS_SQL, [child.child_id for child in children], "child", at, by)
    for child in children:
        values = (child.first_name, child.last_name, name_key(child), child.birth_on)
        await tx.execute(ADD_CHILDREN_SQL, child.child_id, *values)


LOAD_CHILDREN_SQL = """
select child_id, first_name, last_name, birth_on from children where child_id = any($1::uuid[]) order by child_id
"""


async def load_children(db: Queries, child_ids: Collection[UUID]) -> dict[UUID, Child]:
    """Those of these children that there are."""
    rows = await db.fetch(LOAD_CHILDREN_SQL, list(child_ids))
    return {row["child_id"]: Child(**dict(row)) for row in rows}


LOCK_CHILD_SQL = """
select child_id, first_name, last_name, birth_on from children where child_id = $1 for update
"""


async def lock_child(tx: Transaction, child_id: UUID) -> Child | None:
    """A child, held until the transaction ends: who answers for them and where they live changes under this lock."""
    row = await tx.fetchrow(LOCK_CHILD_SQL, child_id)
    return Child(**dict(row)) if row else None


LOAD_ADULT_SQL = """
select adult_id, civility, first_name, last_name, email, phone, is_invited, revision from adults where adult_id = $1
"""


async def load_adult(db: Queries, adult_id: UUID) -> Adult | None:
    """An adult, whichever file they stand in."""
    row = await db.fetchrow(LOAD_ADULT_SQL, adult_id)
    return adult_of(row) if row else None


HOLD_PERSON_SQL = "select person_id from persons where person_id = $1 for update"


async def hold_person(tx: Transaction, person_id: UUID) -> None:
    """Hold a person until the transaction ends: nobody lets them belong to another household meanwhile."""
    await tx.execute(HOLD_PERSON_SQL, person_id)


EMAIL_TAKEN_SQL = """
select exists (select from adults where is_invited and email_key = $1 and adult_id <> $2)
"""


async def is_email_taken(tx: Transaction, email: str, adult_id: UUID) -> bool:
    """Whether another adult is invited at an address; others who would take it wait."""
    await take_turns(tx, [comparable_email(email)])
    return bool(await tx.fetchval(EMAIL_TAKEN_SQL, comparable_email(email), adult_id))


SAVE_CONTACT_SQL = """
update adults set email = $2, email_key = $3, phone = $4, is_invited = $5, revision = $6 where adult_id = $1
"""


async def save_contact(tx: Transaction, adult: Adult) -> None:
    """Write how an adult is reached."""
    key = comparable_email(adult.email) if adult.email else None
    values = (adult.email, key, adult.phone, adult.is_invited, adult.revision)
    await tx.execute(SAVE_CONTACT_SQL, adult.adult_id, *values)


def adult_of(row: Row) -> Adult:
    """The adult in a row that holds their columns."""
    return Adult(
        adult_id=row["adult_id"],
        civility=Civility(row["civility"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        phone=row["phone"],
        is_invited=row["is_invited"],
        revision=row["revision"],
    )


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
