"""Events about documents that families send."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

from contracts.event import Event
from contracts.family.document_words import DocumentAnswer as DocumentAnswer
from contracts.family.document_words import DocumentStatus, KindCode
from contracts.topic import Topic, TopicKind


class DocumentState(Event):
    """What a document that was sent is worth: its kind, for which household or which of its members, how far it has come, and until when it holds, or would. Nothing of what it says."""

    event_type: ClassVar[str] = "family.document_state.v1"
    topic: ClassVar[str] = "family.documents"
    key_field: ClassVar[str] = "document_id"

    document_id: UUID
    household_id: UUID
    person_id: UUID | None
    kind: KindCode
    status: DocumentStatus
    ends_on: date | None


class DocumentAnswered(Event):
    """A document that a family sent was decided, or ends soon, which whoever sent it is told by mail: their address, the kind and the reason, sealed for
    the notifications service alone: the JSON of `contracts.family.documents.DocumentLetter`. `tellable_at`: not before, for until then the decision may be taken back."""

    event_type: ClassVar[str] = "family.document_answered.v1"
    topic: ClassVar[str] = "family.document_answers"
    key_field: ClassVar[str] = "document_id"

    document_id: UUID
    answer: DocumentAnswer
    sealed: str
    answered_at: datetime
    tellable_at: datetime | None = None


class DocumentReopened(Event):
    """A decision on a document was taken back before anybody was told: it waits again, and its answer is not sent."""

    event_type: ClassVar[str] = "family.document_reopened.v1"
    topic: ClassVar[str] = "family.document_answers"
    key_field: ClassVar[str] = "document_id"

    document_id: UUID
    reopened_at: datetime


DOCUMENTS: Final = Topic(
    name=DocumentState.topic,
    kind=TopicKind.STATE,
    key=DocumentState.key_field,
    producer="family",
    consumers=("booking",),
    events=(DocumentState,),
)

DOCUMENT_ANSWERS: Final = Topic(
    name=DocumentAnswered.topic,
    kind=TopicKind.SECRET,
    key=DocumentAnswered.key_field,
    producer="family",
    consumers=("notifications",),
    events=(DocumentAnswered, DocumentReopened),
    retention_days=1,
)
