"""The history of what people did, as every service answers it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.event import Model
from contracts.types import ActorKind, Channel


class HistoryEntry(Model):
    """One act: when, by whom, which way, on what, and what it changed. `action` is a word of the service that answers, such as
    `quotient_changed`, `subject` the id or code of what it was done to; `actor_id` is a guardian, or the account of an agent; of whoever acts for a family by a delegation, it is for the family the delegation. What it changed is None once it was erased. `cursor`: where any service's
    history goes on after it, so that several are read as one.
    """

    entry_id: UUID
    cursor: str
    noted_at: datetime
    actor_kind: ActorKind
    actor_id: UUID
    channel: Channel
    action: str
    subject: str
    household_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
