"""HTTP routes of enrollments."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.days import DateRange
from chassis.http.routes import serves
from chassis.refusal import NotFound
from contracts.booking import api
from contracts.booking.catalog import ActivityOffer
from contracts.booking.models import Enrollment, EnrollmentCreate, EnrollmentDecision, EnrollmentEnd, PlacementChange
from contracts.http import Cursor, Page
from contracts.types import ActorKind, EnrollmentStatus

from ..directory.queries import child_for, household_for
from ..documents.domain import DocumentRules
from . import commands, queries, store


@serves(api.request_enrollment)
async def request_enrollment(
    body: EnrollmentCreate, db: Database, actor: Actor, claim: Claim, documents: DocumentRules
) -> Enrollment:
    return await commands.request_enrollment_for(db, actor, documents, body, claim)


@serves(api.list_enrollments)
async def list_enrollments(
    db: Database,
    actor: Actor,
    status: EnrollmentStatus | None = None,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
) -> Page[Enrollment]:
    if actor.kind is ActorKind.PARENT:
        household_id = await household_for(db, actor, household_id)
    return await queries.enrollments(db, actor, queries.EnrollmentFilter(status, household_id, cursor))


@serves(api.list_offers)
async def list_offers(
    child_id: UUID,
    db: Database,
    actor: Actor,
    documents: DocumentRules,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
) -> Page[ActivityOffer]:
    child = await child_for(db, actor, child_id, household_id, DateRange(await db.today()))
    if child is None:
        raise NotFound
    asked = queries.OffersAsked(child_id, store.enrollable(child), cursor)
    return await queries.offers(db, actor, documents, asked)


@serves(api.decide_enrollment)
async def decide_enrollment(enrollment_id: UUID, body: EnrollmentDecision, db: Database, actor: Actor) -> Enrollment:
    return await commands.decide(db, actor, enrollment_id, body)


@serves(api.end_enrollment)
async def end_enrollment(
    enrollment_id: UUID, body: EnrollmentEnd, db: Database, actor: Actor, zone: ZoneInfo
) -> Enrollment:
    return await commands.end(db, actor, enrollment_id, body, zone)


@serves(api.change_placement)
async def change_placement(
    enrollment_id: UUID, body: PlacementChange, db: Database, actor: Actor, zone: ZoneInfo
) -> Enrollment:
    return await commands.change_placement(db, actor, enrollment_id, body, zone)


ROUTES = (request_enrollment, list_enrollments, list_offers, decide_enrollment, end_enrollment, change_placement)
