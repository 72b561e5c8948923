"""What the family service answers about corrections that families make or ask for, and that agents make for them."""

from uuid import UUID

from contracts.family.changes import (
    ChangeAsked,
    ChangeDecision,
    ChildWanted,
    CivilStatus,
    PersonChange,
    PersonChanges,
    StatusChange,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import Cursor
from contracts.operation import agents, families, get, post, put


@get("/civil-statuses/{child_id}", families(FamilyPermission.KEEP_HOUSEHOLDS))
async def read_civil_status(child_id: UUID) -> CivilStatus:
    """The civil status of a child whom the asker answers for, or of themselves, with what the town lets them do; of anybody for an agent."""


@post("/civil-statuses/{child_id}", families(FamilyPermission.KEEP_HOUSEHOLDS), is_repeatable=True)
async def change_civil_status(child_id: UUID, body: StatusChange) -> ChangeAsked:
    """Correct it: at once, or as one request for each person at a time, as the town says of each field; an agent corrects at once."""


@post("/wanted-children", families(FamilyPermission.KEEP_HOUSEHOLDS), is_keyed=True, status=201)
async def ask_child(body: ChildWanted) -> ChangeAsked:
    """Have a child added to one's file, born or expected: at once, or as a request; an agent adds it at once."""


@get("/person-changes", families(FamilyPermission.KEEP_HOUSEHOLDS))
async def list_changes(household_id: UUID | None = None, cursor: Cursor | None = None) -> PersonChanges:
    """The changes that wait for an agent, or those that the adult asked for; of all files, or of one."""


@get("/person-changes/{change_id}", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def read_change(change_id: UUID) -> PersonChange:
    """A change that waits for an agent."""


@post("/person-changes/{change_id}/withdrawal", families(), is_repeatable=True)
async def withdraw_change(change_id: UUID) -> None:
    """Take one's own request back."""


@put("/person-changes/{change_id}/decision", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def decide_change(change_id: UUID, body: ChangeDecision) -> None:
    """Carry a change out, or refuse it. What was made from what is not there any more is not carried out."""
