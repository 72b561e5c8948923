"""What travels in the requests and answers of the notifications service."""

from datetime import datetime
from uuid import UUID

from contracts.event import Model
from contracts.types import MessageStatus


class Message(Model):
    """A message to a person and its delivery. Its body is not kept; `subject` is known once it was sent.

    `cause` says why it was given up: `expired`, `no_address`, `smtp_550` and the like.
    """

    message_id: UUID
    recipient_id: UUID
    template: str
    subject: str | None
    status: MessageStatus
    cause: str | None = None
    attempt_count: int
    queued_at: datetime
    sent_at: datetime | None
