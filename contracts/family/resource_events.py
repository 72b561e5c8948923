"""Events about a household's resources."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from contracts.event import Event
from contracts.family.resource_words import ResourcesOccasion as ResourcesOccasion
from contracts.topic import Topic, TopicKind


class ResourcesNoticed(Event):
    """The adults of a household are to be told of its resources, once each, however many children it has: never how much they are. `last_on`: until when
    its quotient counts, where that is what they are told."""

    event_type: ClassVar[str] = "family.resources_noticed.v1"
    topic: ClassVar[str] = "family.resource_notices"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    occasion: ResourcesOccasion
    last_on: date | None
    noticed_at: datetime


RESOURCE_NOTICES: Final = Topic(
    name=ResourcesNoticed.topic,
    kind=TopicKind.FACTS,
    key=ResourcesNoticed.key_field,
    producer="family",
    consumers=("notifications",),
    events=(ResourcesNoticed,),
    retention_days=30,
)
