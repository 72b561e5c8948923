"""What the notifications service answers: what was sent to whom."""

from uuid import UUID

from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.notifications.models import Message
from contracts.notifications.permissions import NotificationsPermission
from contracts.operation import agents, get


@get("/messages", agents(NotificationsPermission.READ_MESSAGES))
async def list_messages(recipient_id: UUID, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Message]:
    """What was sent to a guardian or account, newest first."""
