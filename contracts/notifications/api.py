"""What the notifications service answers: what was sent to whom."""

from uuid import UUID

from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.invariants import InvariantCheck
from contracts.notifications.models import Message
from contracts.notifications.permissions import NotificationsPermission
from contracts.operation import agents, families, get, post
from contracts.types import StepUp


@get("/messages", agents(NotificationsPermission.READ_MESSAGES))
async def list_messages(recipient_id: UUID, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Message]:
    """What was sent to a guardian or account, newest first."""


@get("/me/messages", families(), step_up=StepUp.EXPORTS)
async def own_messages(cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Message]:
    """What was sent to the adult who asks, newest first."""


@get("/invariants", agents(NotificationsPermission.CHECK_INVARIANTS))
async def notifications_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the notifications service found."""


@post("/invariants/checks", agents(NotificationsPermission.CHECK_INVARIANTS), is_noted=False)
async def check_notifications_invariants() -> None:
    """Have every invariant of the notifications service checked now; what is found is there some moments later."""
