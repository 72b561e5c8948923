"""What the family service answers about procedures that are sent to a group."""

from uuid import UUID

from contracts.family.circular_words import CircularState
from contracts.family.circulars import (
    Circular,
    CircularChild,
    CircularCreate,
    CircularLine,
    CircularPreview,
    OwnCirculars,
    SentCircular,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.operation import agents, families, get, post


@get("/me/circulars", families())
async def own_circulars(household_id: UUID | None = None) -> OwnCirculars:
    """What a household is asked to fill in for the children whom whoever asks answers for, and did not send."""


@post("/circular-previews", agents(FamilyPermission.SEND_CIRCULARS), is_noted=False, is_repeatable=True)
async def preview_circular(body: CircularCreate) -> CircularPreview:
    """Say whom a circular would ask, without sending it."""


@post("/circulars", agents(FamilyPermission.SEND_CIRCULARS), is_keyed=True, status=201)
async def send_circular(body: CircularCreate) -> SentCircular:
    """Send a procedure to a group: each home sees it at once, and is mailed little by little."""


@get("/circulars", agents(FamilyPermission.SEND_CIRCULARS))
async def list_circulars(cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[CircularLine]:
    """Circulars of the schools where an agent works, the newest first."""


@get("/circulars/{circular_id}", agents(FamilyPermission.SEND_CIRCULARS))
async def read_circular(circular_id: UUID) -> Circular:
    """A circular with its counts."""


@get("/circulars/{circular_id}/children", agents(FamilyPermission.SEND_CIRCULARS))
async def list_circular_children(
    circular_id: UUID, state: CircularState | None = None, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[CircularChild]:
    """Who is asked, by name: all, or those of a state."""


@post("/circulars/{circular_id}/reminders", agents(FamilyPermission.SEND_CIRCULARS), is_repeatable=True)
async def remind_circular(circular_id: UUID) -> Circular:
    """Have those reminded who did not answer, once a day at most."""


@post("/circulars/{circular_id}/latecomers", agents(FamilyPermission.SEND_CIRCULARS), is_repeatable=True)
async def add_latecomers(circular_id: UUID) -> Circular:
    """Ask those too who joined the group since it was sent."""


@post("/circulars/{circular_id}/closing", agents(FamilyPermission.SEND_CIRCULARS), is_repeatable=True)
async def close_circular(circular_id: UUID) -> Circular:
    """Ask nobody any more; what was sent stays. A circular that was closed stays so."""
