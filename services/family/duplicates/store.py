"""Storage of people who look alike, and of pairs of files that an agent keeps apart."""

from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.sealed_values import seal_value

KEEP_APART_SQL = """
insert into files_apart (household_id, other_id, reason, noted_at, noted_by) values ($1, $2, $3, $4, $5)
on conflict (household_id, other_id) do update
set reason = excluded.reason, noted_at = excluded.noted_at, noted_by = excluded.noted_by
"""

# Names are compared whole, last name first (`comparable_name`): one letter apart, two of a long name, or the wrong way round.
IS_ALIKE: Final = """
(levenshtein_less_equal(left(one.name_key, 200), left(other.name_key, 200), 2) <= case when length(one.name_key) < 12 then 1 else 2 end
 or other.name_key = split_part(one.name_key, ' ', 2) || ' ' || split_part(one.name_key, ' ', 1))
"""

# Whoever is like somebody is looked up one by one (`offset 0`): mostly one is new, whatever the planner thinks of 500.
COMPARE_CHILDREN_SQL = f"""
with one as (
    select child_id, name_key, birth_on from children
    where (compared_name, compared_birth_on) is distinct from (name_key, birth_on)
    order by child_id limit $1 for update skip locked
), found as (
    insert into persons_alike (one_id, other_id)
    select distinct least(one.child_id, other.child_id), greatest(one.child_id, other.child_id)
    from one cross join lateral (select * from children where birth_on = one.birth_on and child_id <> one.child_id offset 0) other
    where {IS_ALIKE}
    on conflict do nothing
), compared as (
    update children set compared_name = one.name_key, compared_birth_on = one.birth_on from one where children.child_id = one.child_id
    returning true
)
select count(*) from compared
"""  # noqa: S608 - it is put together from constants alone

COMPARE_ADULTS_SQL = f"""
with one as (
    select adult_id, name_key, phone, email_key from adults
    where (compared_name, compared_phone, compared_email) is distinct from (name_key, phone, email_key)
    order by adult_id limit $1 for update skip locked
), found as (
    insert into persons_alike (one_id, other_id)
    select distinct least(one.adult_id, other.adult_id), greatest(one.adult_id, other.adult_id)
    from one cross join lateral (
        select adult_id, name_key from adults where phone = one.phone
        union all
        select adult_id, name_key from adults where email_key = one.email_key offset 0) other
    where other.adult_id <> one.adult_id and {IS_ALIKE}
    on conflict do nothing
), compared as (
    update adults set compared_name = one.name_key, compared_phone = one.phone, compared_email = one.email_key
    from one where adults.adult_id = one.adult_id
    returning true
)
select count(*) from compared
"""  # noqa: S608 - it is put together from constants alone


async def compare(tx: Transaction, count: int) -> int:
    """Compare some of those who are new, or are called, born or reached otherwise than when they were compared; how many there were."""
    children = await tx.fetchval(COMPARE_CHILDREN_SQL, count)
    return int(children) + int(await tx.fetchval(COMPARE_ADULTS_SQL, count))


def in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """A pair as it is kept."""
    return (one, other) if one < other else (other, one)


def place(pair: tuple[UUID, UUID]) -> bytes:
    """What the reason of a pair is sealed for."""
    return pair[0].bytes + pair[1].bytes


async def keep_apart(tx: Transaction, pair: tuple[UUID, UUID], reason: str, at: datetime, by: UUID) -> None:
    """Keep why two files are of two households."""
    sealed = await seal_value(tx, pair[0], place(pair), reason)
    await tx.execute(KEEP_APART_SQL, *pair, sealed, at, by)


FORGET_APART_SQL = "delete from files_apart where household_id = $1 and other_id = $2 returning true"


async def forget_apart(tx: Transaction, pair: tuple[UUID, UUID]) -> bool:
    """Keep two files apart no more; whether they were."""
    return bool(await tx.fetchval(FORGET_APART_SQL, *pair))
