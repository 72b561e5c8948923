"""Storage of custody: loaded and written whole under the child's lock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.ranges import read_range, stored_range
from chassis.days import DateRange, Days
from chassis.timeline import Timeline
from contracts.family.events import EvidenceKind, HolidayTurns
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

from ..people.domain import Child
from ..people.store import CHILD_COLUMNS
from .domain import Custody, Evidence, Grant, Home, Tie, Turns

RESPONSIBILITIES_SQL = """
select adult_id, role, authority, evidence_kind, evidence_on, evidence, during from responsibilities where child_id = $1
order by adult_id, role, during
"""

RESIDENCES_SQL = """
select pattern, household_ids, anchor_on, change_weekday, change_hour, second_home_days, holiday_zone, holiday_even_first_id,
       evidence_kind, evidence_on, evidence, during
from residences where child_id = $1 order by during
"""

SWAPS_SQL = "select household_id, during from home_swaps where child_id = $1 order by during"


async def load_custody(db: Queries, child: Child) -> Custody:
    """The custody of a child; what is decided on it needs the child's lock."""
    rows = await db.fetch(RESPONSIBILITIES_SQL, child.child_id)
    ties = {
        tie: Timeline.of(
            (read_range(row["during"]), Grant(Authority(row["authority"]), _evidence_of(row))) for row in group
        )
        for tie, group in groupby(rows, key=lambda row: Tie(row["adult_id"], ResponsibilityRole(row["role"])))
    }
    homes = Timeline.of(
        (read_range(row["during"]), _home_of(row)) for row in await db.fetch(RESIDENCES_SQL, child.child_id)
    )
    swaps = Timeline.of(
        (read_range(row["during"]), row["household_id"]) for row in await db.fetch(SWAPS_SQL, child.child_id)
    )
    return Custody(child, ties, homes, swaps)


def _home_of(row: Row) -> Home:
    zone = row["holiday_zone"]
    turns = Turns(
        row["change_weekday"],
        row["change_hour"],
        tuple(row["second_home_days"]),
        HolidayTurns(zone=zone, even_first_id=row["holiday_even_first_id"]) if zone else None,
    )
    pattern, household_ids = ResidencePattern(row["pattern"]), tuple(row["household_ids"])
    return Home(pattern, household_ids, row["anchor_on"], _evidence_of(row), turns)


def _evidence_of(row: Row) -> Evidence:
    kind = row["evidence_kind"]
    return Evidence(EvidenceKind(kind) if kind else None, row["evidence_on"], row["evidence"])


REMOVE_RESPONSIBILITIES_SQL = "delete from responsibilities where child_id = any($1::uuid[])"

ADD_RESPONSIBILITIES_SQL = """
insert into responsibilities (child_id, adult_id, role, authority, evidence_kind, evidence_on, evidence, during)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::daterange[])
"""

REMOVE_RESIDENCES_SQL = "delete from residences where child_id = any($1::uuid[])"

# Arrays of arrays are flattened: those of a row travel as text.
ADD_RESIDENCES_SQL = """
insert into residences (child_id, pattern, household_ids, anchor_on, evidence_kind, evidence_on, evidence, during,
                        change_weekday, change_hour, second_home_days, holiday_zone, holiday_even_first_id)
select child_id, pattern, string_to_array(household_ids, ' ')::uuid[], anchor_on, evidence_kind, evidence_on, evidence, during,
       change_weekday, change_hour, string_to_array(second_home_days, ' ')::smallint[], holiday_zone, holiday_even_first_id
from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::text[], $6::date[], $7::text[], $8::daterange[], $9::smallint[],
            $10::time[], $11::text[], $12::text[], $13::uuid[])
    as r(child_id, pattern, household_ids, anchor_on, evidence_kind, evidence_on, evidence, during, change_weekday, change_hour,
         second_home_days, holiday_zone, holiday_even_first_id)
"""

REMOVE_SWAPS_SQL = "delete from home_swaps where child_id = any($1::uuid[])"

ADD_SWAPS_SQL = """
insert into home_swaps (child_id, household_id, during) select * from unnest($1::uuid[], $2::uuid[], $3::daterange[])
"""


async def save_custody(tx: Transaction, custody: Custody) -> None:
    """Write the custody of a child and publish it."""
    await save_custodies(tx, [custody])
    tx.emit(custody.state())


async def save_custodies(tx: Transaction, custodies: Sequence[Custody]) -> None:
    """Write the custody of children."""
    child_ids = [custody.child.child_id for custody in custodies]
    ties = [
        (
            custody.child.child_id,
            tie.adult_id,
            tie.role.value,
            item.value.authority.value,
            item.value.evidence.kind,
            item.value.evidence.dated_on,
            item.value.evidence.reference,
            stored_range(item.during),
        )
        for custody in custodies
        for tie, item in custody.in_order()
    ]
    homes = [
        (custody.child.child_id, *_values_of(item.value, item.during))
        for custody in custodies
        for item in custody.homes
    ]
    swaps = [
        (custody.child.child_id, item.value, stored_range(item.during))
        for custody in custodies
        for item in custody.swaps
    ]
    await tx.execute(REMOVE_RESPONSIBILITIES_SQL, child_ids)
    await tx.execute(REMOVE_RESIDENCES_SQL, child_ids)
    await tx.execute(REMOVE_SWAPS_SQL, child_ids)
    if ties:
        await tx.execute(ADD_RESPONSIBILITIES_SQL, *map(list, zip(*ties, strict=True)))
    if homes:
        await tx.execute(ADD_RESIDENCES_SQL, *map(list, zip(*homes, strict=True)))
    if swaps:
        await tx.execute(ADD_SWAPS_SQL, *map(list, zip(*swaps, strict=True)))


def _values_of(home: Home, during: DateRange) -> tuple[object, ...]:
    evidence, turns = home.evidence, home.turns
    holidays = (turns.holidays.zone, turns.holidays.even_first_id) if turns.holidays else (None, None)
    return (
        home.pattern.value,
        " ".join(map(str, home.household_ids)),
        home.anchor_on,
        evidence.kind,
        evidence.dated_on,
        evidence.reference,
        stored_range(during),
        turns.change_weekday,
        turns.change_hour,
        " ".join(map(str, turns.second_home_days)),
        *holidays,
    )


CHILD_MEMBERSHIPS_SQL = "select household_id, during from household_members where person_id = $1 order by household_id"


async def memberships_of(db: Queries, child_id: UUID) -> Mapping[UUID, Days]:
    """The days on which a child belongs to each household."""
    rows = await db.fetch(CHILD_MEMBERSHIPS_SQL, child_id)
    return {
        household_id: Days.of(read_range(row["during"]) for row in group)
        for household_id, group in groupby(rows, key=lambda row: row["household_id"])
    }


COMING_OF_AGE_SQL = f"""
select {CHILD_COLUMNS} from children c
where c.birth_on <= $1 and not c.is_expected and not exists (select from comings_of_age t where t.child_id = c.child_id)
order by c.birth_on, c.child_id limit $2 for update skip locked
"""  # noqa: S608 - it is put together from constants alone

NOTE_COMINGS_OF_AGE_SQL = """
insert into comings_of_age (child_id, noted_at) select unnest($1::uuid[]), $2
"""


async def take_comings_of_age(tx: Transaction, born_by: date, limit: int, at: datetime) -> list[Child]:
    """Children born by a day whose coming of age nobody was told of; from now on it is told."""
    children = [Child(**dict(row)) for row in await tx.fetch(COMING_OF_AGE_SQL, born_by, limit)]
    await tx.execute(NOTE_COMINGS_OF_AGE_SQL, [child.child_id for child in children], at)
    return children
