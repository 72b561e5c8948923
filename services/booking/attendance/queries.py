"""The sheet of a day, as the agent on site sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.collation import Collation
from chassis.comparing import Person, namesakes
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.refusal import NotFound
from contracts.booking.models import AttendanceCandidate, AttendanceLine, AttendanceSheet, ImpliedLine

from ..catalog.queries import slot as slot_named
from ..directory.queries import classes_on
from .domain import overrun
from .store import LINES_OF_SLOT, sheet_of

CLOSED_AT_SQL = "select closed_at from slots where id = $1"


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells the children of a sheet apart: the birth dates of namesakes, wherever on it they stand, and everybody's class."""

    births: Mapping[UUID, date | None]
    classes: Mapping[UUID, str]

    def of(self, child_id: UUID) -> dict[str, Any]:
        """The fields of a line that say it."""
        return {"child_birth_on": self.births.get(child_id), "child_class": self.classes.get(child_id)}


async def _marks(queries: Queries, everybody: Mapping[UUID, Person], service_on: date) -> Marks:
    births = {child_id: everybody[child_id].birth_on for child_id in namesakes(everybody)}
    return Marks(births, await classes_on(queries, everybody, service_on))


async def sheet(queries: Database | Transaction, actor: Actor, slot_id: UUID) -> AttendanceSheet:
    """A day's children, by name, what was noted of them, who is there with another unit, and who else is enrolled."""
    stored = await sheet_of(queries, actor, slot_id)
    if stored is None:
        raise NotFound
    day, people = stored
    slot = await slot_named(queries, slot_id)
    there = await implied_rows(queries, slot_id)
    others = await queries.fetch(CANDIDATES_SQL, slot_id, day.service_on)
    known = {row["child_id"]: _person(row) for row in (*there, *others)}
    marks = await _marks(queries, {**known, **people}, day.service_on)
    return AttendanceSheet(
        slot=slot,
        lines=tuple(
            AttendanceLine(
                child_id=line.child_id,
                household_id=line.household_id,
                booking_id=line.booking_id,
                child_first_name=people[line.child_id].first_name,
                child_last_name=people[line.child_id].last_name,
                attendance=line.attendance,
                arrived_at=line.arrived_at,
                left_at=line.left_at,
                version=line.version,
                **marks.of(line.child_id),
            )
            for line in day.lines
        ),
        implied=_implied(there, marks),
        candidates=_candidates(others, marks, queries.collation),
        overrun=overrun(slot.capacity, slot.taken, day.lines),
        closed_at=await queries.fetchval(CLOSED_AT_SQL, slot_id),
    )


def _person(row: Row) -> Person:
    return Person(row["first_name"], row["last_name"], row["birth_on"])


IMPLIED_SQL = f"""
select line.child_id, line.household_id, line.mark, s.id as slot_id, u.label as unit_label, c.first_name, c.last_name, c.birth_on
from slots shown
join slots s on s.group_id = shown.group_id and s.service_on = shown.service_on
join units u on u.activity_id = s.activity_id and u.code = s.unit_code and shown.unit_code = any(u.implies)
cross join lateral ({LINES_OF_SLOT}) line
left join children c on c.child_id = line.child_id and c.household_id = line.household_id
where shown.id = $1 and (line.booking_id is not null or line.mark = 'unbooked')
order by line.child_id
"""  # noqa: S608 - it is put together from constants alone


async def implied_rows(queries: Database | Transaction, slot_id: UUID) -> list[Row]:
    """Who is there with a unit that takes its place from this one too, by name."""
    rows = {row["child_id"]: row for row in await queries.fetch(IMPLIED_SQL, slot_id)}
    people = {child_id: _person(row) for child_id, row in rows.items()}
    return [rows[child_id] for child_id, _ in queries.collation.in_order(people)]


def _implied(there: Sequence[Row], marks: Marks) -> tuple[ImpliedLine, ...]:
    return tuple(
        ImpliedLine(
            child_id=row["child_id"],
            child_first_name=row["first_name"],
            child_last_name=row["last_name"],
            slot_id=row["slot_id"],
            unit_label=row["unit_label"],
            attendance=row["mark"],
            **marks.of(row["child_id"]),
        )
        for row in there
    )


# A child who left the household that enrolled it came for one of those that it has on the day. That of the slot is given, so that a plan
# without statistics reads one school year too.
CANDIDATES_SQL = """
select distinct e.child_id, c.household_id, c.first_name, c.last_name, c.birth_on
from slots s
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
join placements p on p.group_id = s.group_id and p.during @> s.service_on
join enrollments e on e.id = p.enrollment_id and e.status = 'validated'
join children c on c.child_id = e.child_id and c.days @> s.service_on
where s.id = $1
  and (c.household_id = e.household_id or not exists (
      select from household_children h
      where h.child_id = e.child_id and h.household_id = e.household_id and h.days @> s.service_on
  ))
  and not exists (
      select from bookings b where b.service_on = $2 and b.child_id = e.child_id and b.span && u.span
                               and b.status in ('held', 'requested', 'confirmed') and not exists (
          select from attendances m
          where m.service_on = $2 and m.slot_id = b.slot_id and m.child_id = e.child_id and m.mark like 'absent%' and b.slot_id <> s.id
      )
  )
  and not exists (
      select from attendances m where m.service_on = $2 and m.slot_id = s.id and m.child_id = e.child_id
  )
  and not exists (
      select from attendances m
      join slots o on o.id = m.slot_id
      join units there on there.activity_id = o.activity_id and there.code = o.unit_code and there.span && u.span
      where m.child_id = e.child_id and m.service_on = $2 and m.mark = 'unbooked'
  )
order by e.child_id, c.household_id
"""


def _candidates(others: Sequence[Row], marks: Marks, collation: Collation) -> tuple[AttendanceCandidate, ...]:
    people = {(row["child_id"], row["household_id"]): _person(row) for row in others}
    return tuple(
        AttendanceCandidate(
            child_id=child_id,
            household_id=household_id,
            child_first_name=person.first_name or "",
            child_last_name=person.last_name or "",
            **marks.of(child_id),
        )
        for (child_id, household_id), person in collation.in_order(people)
    )
