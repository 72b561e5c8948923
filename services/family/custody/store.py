"""Storage of custody: loaded and written whole under the child's lock."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from chassis.data.database import Queries, Transaction
from chassis.data.ranges import read_range, stored_range
from chassis.days import Days
from chassis.timeline import Timeline
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

from ..people.domain import Child
from .domain import Custody, Grant, Home, Tie

RESPONSIBILITIES_SQL = """
select adult_id, role, authority, evidence, during from responsibilities where child_id = $1
order by adult_id, role, during
"""

RESIDENCES_SQL = """
select pattern, household_ids, anchor_on, evidence, during from residences where child_id = $1 order by during
"""


async def load_custody(db: Queries, child: Child) -> Custody:
    """The custody of a child; what is decided on it needs the child's lock."""
    rows = await db.fetch(RESPONSIBILITIES_SQL, child.child_id)
    ties = {
        tie: Timeline.of(
            (read_range(row["during"]), Grant(Authority(row["authority"]), row["evidence"])) for row in group
        )
        for tie, group in groupby(rows, key=lambda row: Tie(row["adult_id"], ResponsibilityRole(row["role"])))
    }
    homes = Timeline.of(
        (
            read_range(row["during"]),
            Home(ResidencePattern(row["pattern"]), tuple(row["household_ids"]), row["anchor_on"], row["evidence"]),
        )
        for row in await db.fetch(RESIDENCES_SQL, child.child_id)
    )
    return Custody(child, ties, homes)


REMOVE_RESPONSIBILITIES_SQL = "delete from responsibilities where child_id = $1"

ADD_RESPONSIBILITIES_SQL = """
insert into responsibilities (child_id, adult_id, role, authority, evidence, during)
select $1, adult_id, role, authority, evidence, during
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::daterange[])
    as r(adult_id, role, authority, evidence, during)
"""

REMOVE_RESIDENCES_SQL = "delete from residences where child_id = $1"

ADD_RESIDENCE_SQL = """
insert into residences (child_id, pattern, household_ids, anchor_on, evidence, during)
values ($1, $2, $3, $4, $5, $6)
"""


async def save_custody(tx: Transaction, custody: Custody) -> None:
    """Write the custody of a child and publish it."""
    child_id, ties = custody.child.child_id, custody.in_order()
    await tx.execute(REMOVE_RESPONSIBILITIES_SQL, child_id)
    await tx.execute(
        ADD_RESPONSIBILITIES_SQL,
        child_id,
        [tie.adult_id for tie, _ in ties],
        [tie.role.value for tie, _ in ties],
        [item.value.authority.value for _, item in ties],
        [item.value.evidence for _, item in ties],
        [stored_range(item.during) for _, item in ties],
    )
    await tx.execute(REMOVE_RESIDENCES_SQL, child_id)
    for item in custody.homes:
        home = item.value
        await tx.execute(
            ADD_RESIDENCE_SQL,
            child_id,
            home.pattern.value,
            home.household_ids,
            home.anchor_on,
            home.evidence,
            stored_range(item.during),
        )
    tx.emit(custody.state())


CHILD_MEMBERSHIPS_SQL = "select household_id, during from household_members where person_id = $1 order by household_id"


async def memberships_of(db: Queries, child_id: UUID) -> Mapping[UUID, Days]:
    """The days on which a child belongs to each household."""
    rows = await db.fetch(CHILD_MEMBERSHIPS_SQL, child_id)
    return {
        household_id: Days.of(read_range(row["during"]) for row in group)
        for household_id, group in groupby(rows, key=lambda row: row["household_id"])
    }


COMING_OF_AGE_SQL = """
select c.child_id, c.first_name, c.last_name, c.birth_on from children c
where c.birth_on <= $1 and not exists (select from comings_of_age t where t.child_id = c.child_id)
order by c.birth_on, c.child_id limit $2 for update skip locked
"""

NOTE_COMINGS_OF_AGE_SQL = """
insert into comings_of_age (child_id, noted_at) select unnest($1::uuid[]), $2
"""


async def take_comings_of_age(tx: Transaction, born_by: date, limit: int, at: datetime) -> list[Child]:
    """Children born by a day whose coming of age nobody was told of; from now on it is told."""
    children = [Child(**dict(row)) for row in await tx.fetch(COMING_OF_AGE_SQL, born_by, limit)]
    await tx.execute(NOTE_COMINGS_OF_AGE_SQL, [child.child_id for child in children], at)
    return children
