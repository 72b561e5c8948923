"""The HTTP route that closes a sheet."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.booking import api
from contracts.booking.models import AttendanceSheet

from ..attendance import queries
from . import commands


@serves(api.close_attendance)
async def close_attendance(slot_id: UUID, db: Database, actor: Actor, zone: ZoneInfo) -> AttendanceSheet:
    await commands.close_attendance(db, actor, slot_id, zone)
    return await queries.sheet(db, actor, slot_id)


ROUTES = (close_attendance,)
