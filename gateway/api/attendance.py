"""Days and their attendance sheets, for agents on site."""

from datetime import date
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.booking.api import AttendanceMarks, AttendanceSheet, Slot
from contracts.http import Page

from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor


@get("/slots", operation_id="list_slots", tags=["attendance"])
async def list_slots(
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    activity_id: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
) -> Page[Slot]:
    """Days between two dates, both included, of one activity or of all (agents)."""
    return await services.booking.slots(caller, from_on, to_on, activity_id=activity_id, cursor=cursor)


@get("/slots/{slot_id:uuid}/attendance", operation_id="show_attendance", tags=["attendance"])
async def show_attendance(
    slot_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> AttendanceSheet:
    """The sheet of a day (agents)."""
    return await services.booking.attendance(caller, slot_id)


@put("/slots/{slot_id:uuid}/attendance", operation_id="mark_attendance", tags=["attendance"])
async def mark_attendance(
    slot_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    data: JSONBody[AttendanceMarks],
) -> AttendanceSheet:
    """Note who came (agents); the other marks stay as they are."""
    return await services.booking.mark_attendance(caller, slot_id, data)


@post("/slots/{slot_id:uuid}/attendance/closure", status_code=200, operation_id="close_attendance", tags=["attendance"])
async def close_attendance(
    slot_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> AttendanceSheet:
    """Close a sheet on which every booked child is marked (agents)."""
    return await services.booking.close_attendance(caller, slot_id)


ROUTES = (list_slots, show_attendance, mark_attendance, close_attendance)
