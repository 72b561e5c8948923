"""The sheet of a day, as the agent on site sees it."""

from uuid import UUID

from chassis.actor import Actor
from chassis.comparing import Person, in_order, namesakes
from chassis.data.database import Database, Queries, Transaction
from chassis.refusal import NotFound
from contracts.booking.models import AttendanceCandidate, AttendanceLine, AttendanceSheet

from ..catalog.queries import slot as slot_named
from .domain import overrun
from .store import sheet_of

CLOSED_AT_SQL = "select closed_at from slots where id = $1"


async def sheet(queries: Database | Transaction, actor: Actor, slot_id: UUID) -> AttendanceSheet:
    """A day's children, by name, what was noted of them, and who else is enrolled."""
    stored = await sheet_of(queries, actor, slot_id)
    if stored is None:
        raise NotFound
    day, people = stored
    slot = await slot_named(queries, slot_id)
    doubled = namesakes(people)
    return AttendanceSheet(
        slot=slot,
        lines=tuple(
            AttendanceLine(
                child_id=line.child_id,
                household_id=line.household_id,
                booking_id=line.booking_id,
                child_first_name=people[line.child_id].first_name,
                child_last_name=people[line.child_id].last_name,
                child_birth_on=people[line.child_id].birth_on if line.child_id in doubled else None,
                attendance=line.attendance,
                arrived_at=line.arrived_at,
                left_at=line.left_at,
            )
            for line in day.lines
        ),
        candidates=await _candidates(queries, slot_id),
        overrun=overrun(slot.capacity, slot.taken, day.lines),
        closed_at=await queries.fetchval(CLOSED_AT_SQL, slot_id),
    )


CANDIDATES_SQL = """
select e.child_id, e.household_id, c.first_name, c.last_name, c.birth_on
from slots s
join placements p on p.group_id = s.group_id and p.during @> s.service_on
join enrollments e on e.id = p.enrollment_id and e.status = 'validated'
join children c on c.child_id = e.child_id and c.household_id = e.household_id
where s.id = $1
  and not exists (
      select from bookings b where b.slot_id = s.id and b.service_on = s.service_on and b.child_id = e.child_id
                               and b.status in ('held', 'requested', 'confirmed')
  )
  and not exists (select from attendances m where m.slot_id = s.id and m.child_id = e.child_id)
order by e.child_id, e.household_id
"""


async def _candidates(queries: Queries, slot_id: UUID) -> tuple[AttendanceCandidate, ...]:
    rows = await queries.fetch(CANDIDATES_SQL, slot_id)
    people = {
        (row["child_id"], row["household_id"]): Person(row["first_name"], row["last_name"], row["birth_on"])
        for row in rows
    }
    doubled = namesakes(people)
    return tuple(
        AttendanceCandidate(
            child_id=child_id,
            household_id=household_id,
            child_first_name=person.first_name or "",
            child_last_name=person.last_name or "",
            child_birth_on=person.birth_on if (child_id, household_id) in doubled else None,
        )
        for (child_id, household_id), person in in_order(people)
    )
