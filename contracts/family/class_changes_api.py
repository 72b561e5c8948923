"""What the family service answers to an agent who changes the classes of a whole school."""

from uuid import UUID

from contracts.family.class_changes import (
    ClassChangeCreate,
    ClassChangeLine,
    ClassChangeRun,
    PupilOutcome,
    PupilStep,
    StepsChange,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.operation import agents, get, post, put


@post("/schools/{school_code}/class-changes", agents(FamilyPermission.CHANGE_CLASSES), is_repeatable=True)
async def prepare_class_change(school_code: SiteCode, body: ClassChangeCreate) -> ClassChangeRun:
    """Propose what becomes of the pupils of a school; the change that there is already for this year, whoever prepared it."""


@get("/class-changes/{run_id}", agents(FamilyPermission.CHANGE_CLASSES))
async def read_class_change(run_id: UUID) -> ClassChangeRun:
    """A change of classes: what becomes of each class, the counts, and how far it has come."""


@get("/class-changes/{run_id}/pupils", agents(FamilyPermission.CHANGE_CLASSES))
async def list_class_change(
    run_id: UUID, outcome: PupilOutcome | None = None, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[ClassChangeLine]:
    """The pupils of a change of classes by name, or those who come to the same."""


@put("/class-changes/{run_id}/steps", agents(FamilyPermission.CHANGE_CLASSES))
async def set_class_steps(run_id: UUID, body: StepsChange) -> ClassChangeRun:
    """Say what becomes of the pupils of classes, before the change is started."""


@put("/class-changes/{run_id}/pupils/{child_id}", agents(FamilyPermission.CHANGE_CLASSES))
async def set_pupil_step(run_id: UUID, child_id: UUID, body: PupilStep) -> ClassChangeRun:
    """Say what becomes of one pupil, before the change is started."""


@post("/class-changes/{run_id}/confirmation", agents(FamilyPermission.CHANGE_CLASSES), is_repeatable=True)
async def confirm_class_change(run_id: UUID) -> ClassChangeRun:
    """Start the change; one that was started already stays as it is, and says by whom."""


@post("/class-changes/{run_id}/undoing", agents(FamilyPermission.CHANGE_CLASSES), is_repeatable=True)
async def undo_class_change(run_id: UUID) -> ClassChangeRun:
    """Take back all that a change wrote, as long as nothing of it was changed since."""
