"""What the booking service answers about requests that wait for an agent (`contracts/queue.py`)."""

from uuid import UUID

from contracts.booking.permissions import BookingPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.operation import agents, get, put
from contracts.queue import Age, OwnerAsked, OwnerChange, WaitingCount, WaitingItem


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
