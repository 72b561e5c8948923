"""Events of the notifications service."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event


class MessageSent(Event):
    """The mail relay accepted a message. `recipient_id` is a guardian or an account, never an address. `credential_id` is the credential that it
    carried, if it carried one."""

    event_type: ClassVar[str] = "notifications.message_sent.v1"
    topic: ClassVar[str] = "notifications.messages"
    key_field: ClassVar[str] = "recipient_id"

    message_id: UUID
    recipient_id: UUID
    template: str
    sent_at: datetime
    credential_id: UUID | None = None


class MessageFailed(Event):
    """A message could not be delivered and will not be tried again. `cause` is a code, never an address. `credential_id` is the credential that
    it carried, if it carried one."""

    event_type: ClassVar[str] = "notifications.message_failed.v1"
    topic: ClassVar[str] = "notifications.messages"
    key_field: ClassVar[str] = "recipient_id"

    message_id: UUID
    recipient_id: UUID
    template: str
    cause: str
    failed_at: datetime
    credential_id: UUID | None = None
