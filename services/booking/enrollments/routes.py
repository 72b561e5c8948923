"""HTTP for enrollments."""

from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from chassis.actor import Actor
from chassis.database import Database
from chassis.idempotency import Claim
from contracts.booking.api import Enrollment, EnrollmentCreate, EnrollmentDecision
from contracts.http import Page
from contracts.types import ActorKind, EnrollmentStatus

from ..directory.queries import household_for
from . import commands, queries


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
        actor.require_agent()
    return await queries.enrollments(db, queries.EnrollmentFilter(status, household_id, cursor))


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


ROUTES = (request_enrollment, list_enrollments, decide_enrollment)
