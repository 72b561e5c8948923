"""What travels in the requests and answers of the notifications service."""

from datetime import datetime
from uuid import UUID

from contracts.event import Model
from contracts.types import MessageStatus


class Message(Model):
    """A message to a person and its delivery. Its body is not kept; `subject` is known once it was sent, and `recipient_shown`, the address that
    it was tried at, with its first letter alone.

    `cause` says why it was given up: `expired`, `no_address`, `smtp_550` and the like; `server_words` are those of the mail relay that
    refused it or put it off. `credential_id` names the credential that it brought, if it did. `next_attempt_at` is when a queued one is tried, again if `attempt_count` is not 0.
    """

    message_id: UUID
    recipient_id: UUID
    recipient_shown: str | None = None
    template: str
    subject: str | None
    status: MessageStatus
    cause: str | None = None
    server_words: str | None = None
    attempt_count: int
    queued_at: datetime
    next_attempt_at: datetime | None = None
    sent_at: datetime | None
    credential_id: UUID | None = None
