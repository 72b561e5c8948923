"""What the booking service answers about requests that wait for an agent (`contracts/queue.py`)."""

from uuid import UUID

from contracts.booking.decisions import EnrollmentsDecision
from contracts.booking.permissions import BookingPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.operation import agents, get, post, put
from contracts.queue import Age, DecisionPreview, DecisionReport, OwnerAsked, OwnerChange, WaitingCount, WaitingItem


@get("/waiting-enrollments", agents(BookingPermission.READ_ENROLLMENTS))
async def list_waiting_enrollments(
    site: SiteCode | None = None,
    days: Age | None = None,
    owner: OwnerAsked | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[WaitingItem]:
    """The requests for enrollments that wait for an agent, the oldest first: those of a site, that wait for so many days at least, that somebody looks after."""


@get("/waiting-enrollments/counts", agents(BookingPermission.READ_ENROLLMENTS))
async def count_waiting_enrollments(site: SiteCode | None = None) -> Page[WaitingCount]:
    """How many requests for enrollments wait."""


@get("/waiting-enrollments/{enrollment_id}", agents(BookingPermission.READ_ENROLLMENTS))
async def read_waiting_enrollment(enrollment_id: UUID) -> WaitingItem:
    """A request that waits, or what became of it and by whom."""


@put("/waiting-enrollments/{enrollment_id}/owner", agents(BookingPermission.READ_ENROLLMENTS), is_noted=False)
async def keep_enrollment_owner(enrollment_id: UUID, body: OwnerChange) -> None:
    """Say which agent looks after a request, or that nobody does. It ends by itself, and nobody needs it to decide."""


@post(
    "/enrollment-decisions/preview",
    agents(BookingPermission.DECIDE_ENROLLMENTS),
    is_noted=False,
    is_repeatable=True,
)
async def preview_enrollment_decisions(body: EnrollmentsDecision) -> DecisionPreview:
    """What a decision on many requests would do, line by line, and how full the days are."""


@post("/enrollment-decisions", agents(BookingPermission.DECIDE_ENROLLMENTS), is_keyed=True, status=201)
async def decide_enrollments(body: EnrollmentsDecision) -> DecisionReport:
    """Decide many requests, each by itself: what cannot be decided is said, and the others are. Families are told once it can be taken back no more."""


@get("/enrollment-decisions/{batch_id}", agents(BookingPermission.DECIDE_ENROLLMENTS))
async def read_enrollment_decisions(batch_id: UUID) -> DecisionReport:
    """What a decision on many requests did."""


@post("/enrollment-decisions/{batch_id}/undo", agents(BookingPermission.DECIDE_ENROLLMENTS), is_repeatable=True)
async def undo_enrollment_decisions(batch_id: UUID) -> DecisionReport:
    """Take a decision on many requests back, for some minutes; what something followed from stays, and is named."""
