"""Storage of attendance sheets: a slot and its live bookings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.comparing import Person, in_order
from chassis.data.database import Transaction
from contracts.types import Attendance

from .domain import Sheet, SheetLine

LOCK_SHEET_SQL = "select id, activity_id, service_on from slots where id = $1 for update"

SHEET_LINES_SQL = """
select b.id, b.household_id, b.child_id, b.attendance, b.recorded_attendance, c.first_name, c.last_name, c.birth_on
from bookings b left join children c on c.child_id = b.child_id and c.household_id = b.household_id
where b.slot_id = $1 and b.status = 'confirmed' order by b.id
"""


async def lock_sheet(tx: Transaction, slot_id: UUID) -> Sheet | None:
    """A day's sheet, its slot locked so that nothing is booked, given back or marked meanwhile; None if there is none."""
    slot = await tx.fetchrow(LOCK_SHEET_SQL, slot_id)
    if slot is None:
        return None
    rows = {row["id"]: row for row in await tx.fetch(SHEET_LINES_SQL, slot_id)}
    children = {key: Person(row["first_name"], row["last_name"], row["birth_on"]) for key, row in rows.items()}
    return Sheet(
        slot_id=slot_id,
        activity_id=slot["activity_id"],
        service_on=slot["service_on"],
        lines=[
            SheetLine(
                booking_id=row["id"],
                household_id=row["household_id"],
                child_id=row["child_id"],
                attendance=Attendance(row["attendance"]) if row["attendance"] else None,
                recorded=Attendance(row["recorded_attendance"]) if row["recorded_attendance"] else None,
            )
            for row in (rows[key] for key, _ in in_order(children))
        ],
    )


MARK_SQL = """
with reopened as (update slots set closed_at = null where id = $1 and closed_at is not null)
update bookings b set attendance = m.attendance
from unnest($2::uuid[], $3::text[]) as m(booking_id, attendance)
where b.id = m.booking_id and b.slot_id = $1
"""


async def save_marks(tx: Transaction, slot_id: UUID, marks: Mapping[UUID, Attendance]) -> None:
    """Note marks; a sheet that was closed is open again until its corrections are closed too."""
    await tx.execute(MARK_SQL, slot_id, list(marks), [mark.value for mark in marks.values()])


CLOSE_SHEET_SQL = """
with closed as (update slots set closed_at = coalesce(closed_at, $2) where id = $1)
update bookings set recorded_attendance = attendance where id = any($3::uuid[])
"""


async def close_sheet(tx: Transaction, slot_id: UUID, closed_at: datetime, recorded: Sequence[UUID]) -> None:
    """Close a sheet, and remember that the marks of these bookings were published."""
    await tx.execute(CLOSE_SHEET_SQL, slot_id, closed_at, recorded)
