"""Events about procedures that the town sends to a group."""

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from contracts.event import Event
from contracts.topic import Topic, TopicKind


class CircularAddressed(Event):
    """An adult is asked to fill a procedure in for children of a household by a day, or reminded of it, once for all of them: their address and the words, sealed
    for the notifications service alone: the JSON of `contracts.family.circulars.CircularLetter`."""

    event_type: ClassVar[str] = "family.circular_addressed.v1"
    topic: ClassVar[str] = "family.circular_letters"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    circular_id: UUID
    sealed: str
    addressed_at: datetime


CIRCULAR_LETTERS: Final = Topic(
    name=CircularAddressed.topic,
    kind=TopicKind.SECRET,
    key=CircularAddressed.key_field,
    producer="family",
    consumers=("notifications",),
    events=(CircularAddressed,),
    retention_days=1,
)
