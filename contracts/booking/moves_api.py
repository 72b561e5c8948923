"""What the booking service answers about children who change files."""

from uuid import UUID

from contracts.booking.models import Enrollment
from contracts.booking.moves import DaysMove, DaysMoveCreate, DaysMoved, DaysMovePreview, EnrollmentMove, StrayDays
from contracts.booking.permissions import BookingPermission
from contracts.http import Cursor, Page
from contracts.operation import agents, get, post


@get("/stray-days", agents(BookingPermission.DECIDE_ENROLLMENTS))
async def list_stray_days(cursor: Cursor | None = None) -> Page[StrayDays]:
    """Days that are booked for a household which the child has left by then, the longest known enrollment first."""


@post("/enrollments/{enrollment_id}/move", agents(BookingPermission.DECIDE_ENROLLMENTS))
async def move_enrollment(enrollment_id: UUID, body: EnrollmentMove) -> Enrollment:
    """Have an enrollment, and what it has booked, go along with a child to another of its households from a day on; the one there."""


@post(
    "/households/{household_id}/days-moves/preview",
    agents(BookingPermission.DECIDE_ENROLLMENTS),
    is_noted=False,
    is_repeatable=True,
)
async def preview_days_move(household_id: UUID, body: DaysMoveCreate) -> DaysMovePreview:
    """What children would take along from a household to another one of theirs: enrollments, days, and what stands against it."""


@post("/households/{household_id}/days-moves", agents(BookingPermission.DECIDE_ENROLLMENTS), is_keyed=True, status=201)
async def move_days(household_id: UUID, body: DaysMove) -> DaysMoved:
    """Have all of it go along at once, as it was shown: every enrollment with its booked days, or none."""
