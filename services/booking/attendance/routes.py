"""HTTP for attendance sheets."""

from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.booking.api import AttendanceMarks, AttendanceSheet
from contracts.types import Role

from . import commands, queries


@get("/slots/{slot_id:uuid}/attendance", operation_id="show_attendance", tags=["attendance"])
async def show_attendance(
    slot_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> AttendanceSheet:
    """The sheet of a day."""
    actor.require_agent(Role.SITE, Role.DIRECTOR)
    return await queries.sheet(db, slot_id)


@put("/slots/{slot_id:uuid}/attendance", status_code=200, operation_id="mark_attendance", tags=["attendance"])
async def mark_attendance(
    slot_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    zone: NamedDependency[ZoneInfo],
    data: JSONBody[AttendanceMarks],
) -> AttendanceSheet:
    """Note marks on a sheet."""
    return await commands.mark_attendance(db, actor, slot_id, data, zone)


@post("/slots/{slot_id:uuid}/attendance/closure", status_code=200, operation_id="close_attendance", tags=["attendance"])
async def close_attendance(
    slot_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    zone: NamedDependency[ZoneInfo],
) -> AttendanceSheet:
    """Close a sheet on which every booked child is marked."""
    return await commands.close_attendance(db, actor, slot_id, zone)


ROUTES = (show_attendance, mark_attendance, close_attendance)
