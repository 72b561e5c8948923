"""What the family service answers about everything in files that waits for an agent (`contracts/queue.py`)."""

from uuid import UUID

from contracts.family.documents import DocumentsDecision
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.operation import agents, get, post, put
from contracts.queue import (
    Age,
    DecisionPreview,
    DecisionReport,
    OwnerAsked,
    OwnerChange,
    WaitingCount,
    WaitingItem,
    WaitingKind,
)


@get("/waiting-items", agents(FamilyPermission.READ_QUEUE))
async def list_waiting(
    kind: WaitingKind | None = None,
    site: SiteCode | None = None,
    days: Age | None = None,
    owner: OwnerAsked | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[WaitingItem]:
    """What waits for an agent, the oldest first, of the kinds that the reader may see: those of a kind, of a site, that wait for so many days at least, that somebody looks after."""


@get("/waiting-items/counts", agents(FamilyPermission.READ_QUEUE))
async def count_waiting(site: SiteCode | None = None) -> Page[WaitingCount]:
    """How many wait of each kind that the reader may see."""


@get("/waiting-items/{kind}/{item_id}", agents(FamilyPermission.READ_QUEUE))
async def read_waiting(kind: WaitingKind, item_id: UUID) -> WaitingItem:
    """Something that waits, or what became of it and by whom."""


@put("/waiting-items/{kind}/{item_id}/owner", agents(FamilyPermission.READ_QUEUE), is_noted=False)
async def keep_owner(kind: WaitingKind, item_id: UUID, body: OwnerChange) -> None:
    """Say which agent looks after something, or that nobody does. It ends by itself, and nobody needs it to decide."""


@post(
    "/document-decisions/preview",
    agents(FamilyPermission.DECIDE_DOCUMENTS),
    is_noted=False,
    is_repeatable=True,
)
async def preview_document_decisions(body: DocumentsDecision) -> DecisionPreview:
    """What a decision on many documents would do, line by line."""


@post("/document-decisions", agents(FamilyPermission.DECIDE_DOCUMENTS), is_keyed=True, status=201)
async def decide_documents(body: DocumentsDecision) -> DecisionReport:
    """Decide many documents, each by itself: what cannot be decided is said, and the others are. Whoever sent them is told once it can be taken back no more."""


@get("/document-decisions/{batch_id}", agents(FamilyPermission.DECIDE_DOCUMENTS))
async def read_document_decisions(batch_id: UUID) -> DecisionReport:
    """What a decision on many documents did."""


@post("/document-decisions/{batch_id}/undo", agents(FamilyPermission.DECIDE_DOCUMENTS), is_repeatable=True)
async def undo_document_decisions(batch_id: UUID) -> DecisionReport:
    """Take a decision on many documents back, for some minutes; what something followed from stays, and is named."""
