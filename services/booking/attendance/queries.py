"""The sheet of a day, as the agent on site sees it."""

from uuid import UUID

from chassis.comparing import Person, in_order, namesakes
from chassis.data.database import Queries
from chassis.refusal import NotFound
from contracts.booking.models import AttendanceLine, AttendanceSheet, Slot

SHEET_SLOT_SQL = """
select s.id as slot_id, s.activity_id, a.label as activity_label, s.service_on, s.capacity, s.taken,
       s.closed_at is not null as is_closed, s.closed_at
from slots s join activities a on a.id = s.activity_id where s.id = $1
"""

SHEET_CHILDREN_SQL = """
select b.id as booking_id, b.child_id, c.first_name as child_first_name, c.last_name as child_last_name, c.birth_on,
       b.attendance
from bookings b left join children c on c.child_id = b.child_id and c.household_id = b.household_id
where b.slot_id = $1 and b.status = 'confirmed' order by b.id
"""


async def sheet(queries: Queries, slot_id: UUID) -> AttendanceSheet:
    """A day's booked children, by name, and what was noted of them."""
    slot = await queries.fetchrow(SHEET_SLOT_SQL, slot_id)
    if slot is None:
        raise NotFound
    fields = dict(slot)
    closed_at = fields.pop("closed_at")
    rows = {row["booking_id"]: row for row in await queries.fetch(SHEET_CHILDREN_SQL, slot_id)}
    children = {
        booking_id: Person(row["child_first_name"], row["child_last_name"], row["birth_on"])
        for booking_id, row in rows.items()
    }
    doubled = namesakes(children)
    lines = tuple(
        AttendanceLine(
            booking_id=booking_id,
            child_id=rows[booking_id]["child_id"],
            child_first_name=child.first_name,
            child_last_name=child.last_name,
            child_birth_on=child.birth_on if booking_id in doubled else None,
            attendance=rows[booking_id]["attendance"],
        )
        for booking_id, child in in_order(children)
    )
    return AttendanceSheet(slot=Slot(**fields), lines=lines, closed_at=closed_at)
