"""Enrollments: a family asks, an agent decides."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.booking.api import Enrollment, EnrollmentCreate, EnrollmentDecision
from contracts.http import Page
from contracts.types import EnrollmentStatus

from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor


@get("/enrollments", operation_id="list_enrollments", tags=["enrollments"])
async def list_enrollments(
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    status: FromQuery[EnrollmentStatus | None] = None,
    household_id: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
) -> Page[Enrollment]:
    """A family's own enrollments; for an agent those of one household or of all."""
    return await services.booking.enrollments(caller, status, household_id, cursor)


@post("/enrollments", operation_id="request_enrollment", tags=["enrollments"])
async def request_enrollment(
    caller: NamedDependency[Caller],
    claim: NamedDependency[str],
    services: NamedDependency[Services],
    data: JSONBody[EnrollmentCreate],
) -> Enrollment:
    """Ask for a child to be enrolled in an activity."""
    return await services.booking.enroll(caller, data, claim)


@post(
    "/enrollments/{enrollment_id:uuid}/decision",
    status_code=200,
    operation_id="decide_enrollment",
    tags=["enrollments"],
)
async def decide_enrollment(
    enrollment_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    data: JSONBody[EnrollmentDecision],
) -> Enrollment:
    """Validate or refuse an enrollment (agents); a refusal says why."""
    return await services.booking.decide_enrollment(caller, enrollment_id, data)


ROUTES = (list_enrollments, request_enrollment, decide_enrollment)
