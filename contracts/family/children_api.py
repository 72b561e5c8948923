"""What the family service answers about a child's file: health, authorizations, and who looked at it or changed it."""

from uuid import UUID

from contracts.family.authorizations import (
    Authorizations,
    AuthorizationsChange,
    AuthorizationsOnPaper,
    Confirmation,
    SchoolYear,
)
from contracts.family.health import ChildCard, Health, HealthChange, ProofSeen
from contracts.family.permissions import FamilyPermission
from contracts.history import HistoryEntry
from contracts.http import Cursor, Page
from contracts.operation import agents, families, get, put
from contracts.types import StepUp


@get("/me/children", families())
async def my_children() -> Page[ChildCard]:
    """The children whom the adult who is signed in answers for, in whichever home they live, the oldest first."""


@get("/children/{child_id}/health", families(FamilyPermission.READ_HEALTH), step_up=StepUp.HEALTH, is_noted=True)
async def read_health(child_id: UUID) -> Health:
    """What is known of a child's health. That an agent looked at it is noted, and the family sees it."""


@put("/children/{child_id}/health", families(FamilyPermission.CHANGE_HEALTH), step_up=StepUp.HEALTH)
async def change_health(child_id: UUID, body: HealthChange) -> Health:
    """Say what is to be known of a child's health; a change that was made from what is not there any more is refused."""


@put("/children/{child_id}/vaccination-proof", agents(FamilyPermission.CHANGE_HEALTH), step_up=StepUp.HEALTH)
async def note_proof(child_id: UUID, body: ProofSeen) -> Health:
    """Note what was seen today of a child's vaccinations."""


@get("/children/{child_id}/authorizations/{school_year}", families(FamilyPermission.KEEP_HOUSEHOLDS))
async def read_authorizations(child_id: UUID, school_year: SchoolYear) -> Authorizations:
    """What the parents of a child let the town do in a school year."""


@put("/children/{child_id}/authorizations/{school_year}", families())
async def answer_authorizations(child_id: UUID, school_year: SchoolYear, body: AuthorizationsChange) -> Authorizations:
    """Say as a parent what the town may do in a school year; what the other parent said stays theirs."""


@put("/children/{child_id}/authorizations/{school_year}/paper", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def enter_authorizations(child_id: UUID, school_year: SchoolYear, body: AuthorizationsOnPaper) -> Authorizations:
    """Enter what a parent says on paper for a school year."""


@put("/children/{child_id}/confirmations/{school_year}", families(), step_up=StepUp.HEALTH)
async def confirm_child_file(child_id: UUID, school_year: SchoolYear, body: Confirmation) -> Authorizations:
    """Say that nothing changed: what the parent authorized the year before counts for this one, and the health is right as it was shown."""


@get("/children/{child_id}/file-history", families())
async def child_file_history(child_id: UUID, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """Who looked at a child's file or changed it, the newest first, for everybody who answers for the child."""
