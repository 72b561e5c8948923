"""Events about requests of families."""

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from contracts.event import Event
from contracts.family.circular_events import CIRCULAR_LETTERS
from contracts.family.document_events import DOCUMENT_ANSWERS, DOCUMENTS
from contracts.family.request_words import RequestAnswer
from contracts.family.resource_events import RESOURCE_NOTICES
from contracts.topic import Topic, TopicKind


class RequestAnswered(Event):
    """A request was received, answered or written about, which somebody who may read it is told by mail: their address and the words, sealed for the
    notifications service alone: the JSON of `contracts.family.requests.RequestLetter`."""

    event_type: ClassVar[str] = "family.request_answered.v1"
    topic: ClassVar[str] = "family.request_answers"
    key_field: ClassVar[str] = "request_id"

    request_id: UUID
    answer: RequestAnswer
    sealed: str
    answered_at: datetime


REQUEST_ANSWERS: Final = Topic(
    name=RequestAnswered.topic,
    kind=TopicKind.SECRET,
    key=RequestAnswered.key_field,
    producer="family",
    consumers=("notifications",),
    events=(RequestAnswered,),
    retention_days=1,
)
MAILED: Final = (CIRCULAR_LETTERS, DOCUMENT_ANSWERS, REQUEST_ANSWERS, RESOURCE_NOTICES)
"""What families are mailed about what they are asked, sent, asked for and should send."""
PAPERS: Final = (DOCUMENTS, *MAILED)
"""All that is told of what families send and ask for."""
