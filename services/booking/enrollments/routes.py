"""HTTP for enrollments."""

from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.refusal import NotFound
from contracts.booking.api import ActivityOffer, Enrollment, EnrollmentCreate, EnrollmentDecision
from contracts.http import Page
from contracts.types import ActorKind, EnrollmentStatus

from ..directory.queries import COUNTER, child_for, household_for
from . import commands, queries
from .domain import ChildFacts


@post("/enrollments", status_code=201, operation_id="request_enrollment", tags=["enrollments"])
async def request_enrollment(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    claim: NamedDependency[Claim],
    zone: NamedDependency[ZoneInfo],
    data: JSONBody[EnrollmentCreate],
) -> Enrollment:
    """Ask for a child to be enrolled in an activity."""
    return await commands.request_enrollment_for(db, actor, data, claim, zone)


@get("/enrollments", operation_id="list_enrollments", tags=["enrollments"])
async def list_enrollments(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    status: FromQuery[EnrollmentStatus | None] = None,
    household_id: FromQuery[UUID | None] = None,
    cursor: FromQuery[UUID | None] = None,
) -> Page[Enrollment]:
    """A guardian's own household's enrollments; for an agent those of one household or of all."""
    if actor.kind is ActorKind.PARENT:
        household_id = await household_for(db, actor, household_id)
    else:
        actor.require_agent(*COUNTER)
    return await queries.enrollments(db, queries.EnrollmentFilter(status, household_id, cursor))


@get("/children/{child_id:uuid}/activities", operation_id="list_offers", tags=["enrollments"])
async def list_offers(
    child_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    zone: NamedDependency[ZoneInfo],
    cursor: FromQuery[UUID | None] = None,
) -> Page[ActivityOffer]:
    """Every activity, and whether this child may ask to join it."""
    child = await child_for(db, actor, child_id)
    if child is None:
        raise NotFound
    today = civil_day(await db.now(), zone)
    facts = ChildFacts(child["household_id"], child["birth_on"])
    return await queries.offers(db, child_id, facts, today, cursor)


@post(
    "/enrollments/{enrollment_id:uuid}/decision",
    status_code=200,
    operation_id="decide_enrollment",
    tags=["enrollments"],
)
async def decide_enrollment(
    enrollment_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    data: JSONBody[EnrollmentDecision],
) -> Enrollment:
    """Validate or refuse an enrollment."""
    return await commands.decide(db, actor, enrollment_id, data)


ROUTES = (request_enrollment, list_enrollments, list_offers, decide_enrollment)
