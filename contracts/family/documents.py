"""What travels about documents: the kinds of the town, what a family sends page by page, and what an agent decides."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Base64Bytes, Field, StringConstraints

from contracts.event import Model
from contracts.family.document_words import DocumentAudience, DocumentKind, DocumentReason, DocumentStatus, KindCode
from contracts.http import TEXT, Day, Email
from contracts.queue import ItemIds
from contracts.runs import body_bytes_max

FILE_BYTES_MAX: Final = 12_000_000
"""Of one file as it is sent; a photograph of a telephone has 2 to 8 million."""
BODY_BYTES_MAX: Final = body_bytes_max(FILE_BYTES_MAX)
PAGES_MAX: Final = 20
"""Files of one document."""

LEAVES_MAX: Final = 40
"""Pages of one PDF."""

Leaf = Annotated[int, Field(ge=1, le=LEAVES_MAX)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=TEXT)]


class DocumentCreate(Model):
    """A document that begins, without pages. `household_id`: of whoever belongs to several. `person_id`: the member that it is for, none for the household."""

    household_id: UUID | None = None
    kind: KindCode
    person_id: UUID | None = None


class DocumentSending(Model):
    """A document that is sent. `marked_on`: the date that it bears, or until when it holds, as its kind asks."""

    marked_on: Day | None = None


class DocumentPageCreate(Model):
    """A file: PDF, JPEG, PNG or HEIC, whatever it is called."""

    content: Annotated[Base64Bytes, Field(max_length=BODY_BYTES_MAX)] = Field(repr=False)


class DocumentPage(Model):
    """A file as it is kept: a picture, or a PDF of `leaf_count` pages."""

    page_id: UUID
    is_pdf: bool
    leaf_count: int
    byte_count: int


class DocumentDecision(Model):
    """What an agent decides: a document holds until `ends_on`, or without an end; or it is refused, with a reason and words."""

    is_valid: bool
    ends_on: Day | None = None
    reason: DocumentReason | None = None
    words: Words = ""


class DocumentsDecision(Model):
    """What an agent decides of many documents that they chose by hand: each holds as long as its kind says, or all are refused with the same reason and words."""

    item_ids: ItemIds
    is_valid: bool
    reason: DocumentReason | None = None
    words: Words = ""


class Document(Model):
    """A document and what became of it. `name`: of the member that it is for. `proposed_end_on`: until when it would hold by its kind. `decided_by` is for
    agents, and so are `next_id` and `previous_id`: which one waits after it and before. `declaration_id`: of the declaration of resources that it proves and that waits,
    with which it is decided."""

    document_id: UUID
    household_id: UUID
    reference: str
    kind: DocumentKind
    audience: DocumentAudience
    person_id: UUID | None
    name: str
    status: DocumentStatus
    marked_on: date | None
    created_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    decided_by: UUID | None
    ends_on: date | None
    proposed_end_on: date | None
    reason: DocumentReason | None
    words: str
    pages: tuple[DocumentPage, ...]
    is_deletable: bool
    declaration_id: UUID | None = None
    next_id: UUID | None = None
    previous_id: UUID | None = None


class DocumentWanted(Model):
    """A document that the town asks for once a school year, and that is not there for this one: for a member, or for the household."""

    kind: DocumentKind
    person_id: UUID | None
    name: str


class OwnDocuments(Model):
    """What a household sent, the newest first; the kinds of the town; and what is wanted for this school year."""

    household_id: UUID
    kinds: tuple[DocumentKind, ...]
    items: tuple[Document, ...]
    wanted: tuple[DocumentWanted, ...]


class DocumentLetter(Model):
    """What is sealed of a mail about a document: where it goes, the kind, for whom it is, and what was decided."""

    email: Email
    kind: str
    name: str = ""
    ends_on: date | None = None
    reason: DocumentReason | None = None
    words: str = ""
