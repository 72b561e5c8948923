"""HTTP routes of children who change files."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.booking import moves_api
from contracts.booking.models import Enrollment
from contracts.booking.moves import EnrollmentMove, StrayDays
from contracts.http import Cursor, Page

from . import commands, queries


@serves(moves_api.list_stray_days)
async def list_stray_days(db: Database, actor: Actor, cursor: Cursor | None = None) -> Page[StrayDays]:
    return await queries.stray_days(db, actor, cursor)


@serves(moves_api.move_enrollment)
async def move_enrollment(
    enrollment_id: UUID, body: EnrollmentMove, db: Database, actor: Actor, zone: ZoneInfo
) -> Enrollment:
    return await commands.move(db, actor, enrollment_id, body, zone)


ROUTES = (list_stray_days, move_enrollment)
