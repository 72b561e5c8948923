"""HTTP routes of attendance sheets."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.booking import api
from contracts.booking.models import AttendanceMarks, AttendanceSheet

from . import commands, queries


@serves(api.show_attendance)
async def show_attendance(slot_id: UUID, db: Database, actor: Actor) -> AttendanceSheet:
    return await queries.sheet(db, actor, slot_id)


@serves(api.mark_attendance)
async def mark_attendance(
    slot_id: UUID, body: AttendanceMarks, db: Database, actor: Actor, zone: ZoneInfo
) -> AttendanceSheet:
    refused = await commands.mark_attendance(db, actor, slot_id, body, zone)
    sheet = await queries.sheet(db, actor, slot_id)
    return sheet.model_copy(update={"refused": refused})


ROUTES = (show_attendance, mark_attendance)
