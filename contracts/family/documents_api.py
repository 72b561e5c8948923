"""What the family service answers about documents."""

from uuid import UUID

from contracts.family.document_words import DocumentKind, DocumentStatus, KindCode
from contracts.family.documents import (
    BODY_BYTES_MAX,
    Document,
    DocumentCreate,
    DocumentDecision,
    DocumentPageCreate,
    DocumentSending,
    Leaf,
    OwnDocuments,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, File, FileType, Page, PageSize
from contracts.operation import agents, delete, families, get, post, put


@get("/me/documents", families())
async def own_documents(household_id: UUID | None = None) -> OwnDocuments:
    """What a household sent, and what is asked of it."""


@post("/documents", families(), is_keyed=True, is_noted=False, status=201)
async def begin_document(body: DocumentCreate) -> Document:
    """Begin a document; pages come one by one, and it is sent when they are there."""


@put(
    "/documents/{document_id}/pages/{page_id}",
    families(),
    is_slow=True,
    is_noted=False,
    body_max_bytes=BODY_BYTES_MAX,
)
async def add_document_page(document_id: UUID, page_id: UUID, body: DocumentPageCreate) -> None:
    """Add a file to a document that was not sent. The caller names the page: the same one again changes nothing."""


@delete("/documents/{document_id}/pages/{page_id}", families(), is_noted=False)
async def remove_document_page(document_id: UUID, page_id: UUID) -> None:
    """Take a file out of a document that was not sent."""


@post("/documents/{document_id}/sending", families(), is_repeatable=True)
async def send_document(document_id: UUID, body: DocumentSending) -> Document:
    """Send a document; one that was sent already stays as it is."""


@delete("/documents/{document_id}", families())
async def delete_document(document_id: UUID) -> None:
    """Delete a document for good, unless the town must keep it."""


@get("/documents/{document_id}", families(FamilyPermission.READ_DOCUMENTS))
async def read_document(document_id: UUID) -> Document:
    """A document. Agents see what was sent."""


@get(
    "/documents/{document_id}/pages/{page_id}",
    families(FamilyPermission.READ_DOCUMENTS),
    is_slow=True,
    file_type=FileType.JPEG,
)
async def read_document_page(document_id: UUID, page_id: UUID, leaf: Leaf = 1) -> File:
    """A file of a document as a picture; of a PDF, one of its pages."""


@get("/documents/{document_id}/whole", families(FamilyPermission.READ_DOCUMENTS), is_slow=True)
async def read_whole_document(document_id: UUID) -> File:
    """All files of a document as one PDF."""


@get("/document-kinds", families(FamilyPermission.READ_DOCUMENTS))
async def document_kinds() -> Page[DocumentKind]:
    """The kinds of documents of the town."""


@get("/documents", agents(FamilyPermission.READ_DOCUMENTS))
async def list_documents(
    status: DocumentStatus | None = None,
    kind: KindCode | None = None,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Document]:
    """Documents that were sent, the oldest first: those of a state, a kind or a household."""


@post("/documents/{document_id}/decision", agents(FamilyPermission.DECIDE_DOCUMENTS), is_repeatable=True)
async def decide_document(document_id: UUID, body: DocumentDecision) -> Document:
    """Validate a document or refuse it; the same decision again changes nothing."""
