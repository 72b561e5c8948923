"""What the family service answers about derogations from school sectors."""

from uuid import UUID

from contracts.family.derogations import (
    Derogation,
    DerogationCreate,
    DerogationDecision,
    DerogationReason,
    DerogationStatus,
    SchoolYear,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.operation import agents, families, get, post


@post("/children/{child_id}/derogations", agents(FamilyPermission.RECORD_DEROGATIONS), is_keyed=True, status=201)
async def record_derogation(child_id: UUID, body: DerogationCreate) -> Derogation:
    """Record that a family asks for another school than the sector's."""


@get("/derogations", agents(FamilyPermission.RECORD_DEROGATIONS))
async def list_derogations(
    school_year: SchoolYear | None = None,
    status: DerogationStatus | None = None,
    reason: DerogationReason | None = None,
    school: SiteCode | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Derogation]:
    """The requests, the oldest first; those of a year, a state, a reason or a requested school. What was written stands in each one's own page."""


@get("/derogations/{derogation_id}", agents(FamilyPermission.RECORD_DEROGATIONS))
async def read_derogation(derogation_id: UUID) -> Derogation:
    """A request, with what was written."""


@get("/children/{child_id}/derogations", families(FamilyPermission.RECORD_DEROGATIONS))
async def child_derogations(child_id: UUID) -> Page[Derogation]:
    """The requests for a child, the newest first, for whoever answers for it."""


@get("/me/derogations", families())
async def own_derogations() -> Page[Derogation]:
    """The requests for the children whom the adult who is signed in answers for, the newest first, without what was written."""


@post("/derogations/{derogation_id}/decision", agents(FamilyPermission.DECIDE_DEROGATIONS), is_repeatable=True)
async def decide_derogation(derogation_id: UUID, body: DerogationDecision) -> Derogation:
    """Grant a request or refuse it with a reason."""


@post("/derogations/{derogation_id}/withdrawal", agents(FamilyPermission.RECORD_DEROGATIONS), is_repeatable=True)
async def withdraw_derogation(derogation_id: UUID) -> Derogation:
    """Record that a family does not ask any more, or gives up what was granted."""
