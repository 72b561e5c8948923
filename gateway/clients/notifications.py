"""Calls of the notifications service."""

from uuid import UUID

from contracts.http import Page
from contracts.notifications.api import Message

from .calling import Caller, ServiceClient

MessagePage = Page[Message]


class NotificationsClient(ServiceClient):
    """What was sent to whom."""

    async def messages(self, caller: Caller, recipient_id: UUID, cursor: str | None = None) -> MessagePage:
        """The messages of a person, latest first."""
        return await self.read(caller, "/messages", MessagePage, recipient_id=recipient_id, cursor=cursor)
