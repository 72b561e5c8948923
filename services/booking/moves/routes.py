"""HTTP routes of children who change files."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.booking import moves_api
from contracts.booking.models import Enrollment
from contracts.booking.moves import DaysMove, DaysMoveCreate, DaysMoved, DaysMovePreview, EnrollmentMove, StrayDays
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


@serves(moves_api.preview_days_move)
async def preview_days_move(household_id: UUID, body: DaysMoveCreate, db: Database, actor: Actor) -> DaysMovePreview:
    return await queries.days_move_preview(db, actor, household_id, body)


@serves(moves_api.move_days)
async def move_days(
    household_id: UUID, body: DaysMove, db: Database, actor: Actor, claim: Claim, zone: ZoneInfo
) -> DaysMoved:
    return await commands.move_days(db, actor, claim, household_id, body, zone)


ROUTES = (list_stray_days, move_enrollment, preview_days_move, move_days)
