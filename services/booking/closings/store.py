"""Storage of what the closings of a sheet published last, under each source."""

from collections.abc import Sequence
from datetime import datetime

from chassis.data.database import Transaction
from contracts.types import Attendance

from ..attendance.domain import Sheet
from .domain import Record

RECORDS_SQL = """
select attendance_id, child_id, household_id, booking_id, mark, arrived_at, left_at from attendance_records
where service_on = $1 and slot_id = $2 order by attendance_id
"""


async def records_of(tx: Transaction, sheet: Sheet) -> list[Record]:
    """What the closings of a sheet published last, of each source."""
    return [
        Record(
            attendance_id=row["attendance_id"],
            child_id=row["child_id"],
            household_id=row["household_id"],
            booking_id=row["booking_id"],
            attendance=Attendance(row["mark"]),
            arrived_at=row["arrived_at"],
            left_at=row["left_at"],
        )
        for row in await tx.fetch(RECORDS_SQL, sheet.service_on, sheet.slot_id)
    ]


CLOSE_SHEET_SQL = """
with closed as (update slots set closed_at = coalesce(closed_at, $3) where id = $1)
insert into attendance_records (slot_id, service_on, attendance_id, child_id, household_id, booking_id, mark, arrived_at, left_at)
select $1, $2, * from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::timestamptz[], $10::timestamptz[])
on conflict (service_on, attendance_id) do update set
    mark = excluded.mark, arrived_at = excluded.arrived_at, left_at = excluded.left_at
"""


async def close_sheet(tx: Transaction, sheet: Sheet, recorded: Sequence[Record], closed_at: datetime) -> None:
    """Close a sheet, and remember what was published of it."""
    await tx.execute(
        CLOSE_SHEET_SQL,
        sheet.slot_id,
        sheet.service_on,
        closed_at,
        [record.attendance_id for record in recorded],
        [record.child_id for record in recorded],
        [record.household_id for record in recorded],
        [record.booking_id for record in recorded],
        [record.attendance for record in recorded],
        [record.arrived_at for record in recorded],
        [record.left_at for record in recorded],
    )
