"""What a family sent that waits for an agent: documents, requests, declared resources, each with where it is decided."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.family.documents import Document
from contracts.family.request_words import RequestStatus
from contracts.family.requests import RequestLine
from contracts.family.resource_words import DeclarationStatus
from contracts.family.resources import Resources
from portal.kit.wording import Texts


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to decide. `url` is its place in the queue, with the next one after it."""

    text: str
    asked_at: datetime
    url: str


def waiting_of(
    texts: Texts, documents: Iterable[Document], requests: Iterable[RequestLine], resources: Resources | None
) -> Iterator[Waiting]:
    """The requests that wait for the service and not for the family, then what was declared, then documents; the proof of a declaration is
    decided with it."""
    for request in requests:
        if request.sent_at and request.status in (RequestStatus.SENT, RequestStatus.UNDER_REVIEW):
            text = texts("agents.file.todo.request", label=request.label, number=request.number)
            yield Waiting(text, request.sent_at, f"/agents/a-traiter/demarches/{request.request_id}")
    declared = (
        [item for item in resources.declarations if item.status is DeclarationStatus.WAITING] if resources else []
    )
    for item in declared:
        text = texts("agents.file.todo.declaration", name=item.declared_by)
        yield Waiting(text, item.declared_at, f"/agents/a-traiter/ressources/{item.declaration_id}")
    proofs = {item.document_id for item in declared}
    for document in documents:
        if document.document_id not in proofs and document.sent_at:
            text = (
                document.kind.label
                if document.person_id is None
                else texts("agents.file.todo.document", kind=document.kind.label, name=document.name)
            )
            yield Waiting(text, document.sent_at, f"/agents/a-traiter/documents/{document.document_id}")
