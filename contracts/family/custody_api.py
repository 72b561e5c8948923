"""What the family service answers about the two homes of a child."""

from uuid import UUID

from contracts.family.custody import ChildFile, ChildFiles, ChildWithTurns, HomeDaysChange
from contracts.family.permissions import FamilyPermission
from contracts.http import Page
from contracts.operation import agents, families, get, put
from contracts.types import StepUp


@put("/children/{child_id}/home-days", agents(FamilyPermission.CHANGE_CUSTODY), step_up=StepUp.CUSTODY, public=True)
async def change_home_days(child_id: UUID, body: HomeDaysChange) -> ChildFile:
    """Say at which home a child is on some days, whatever the pattern says, or have the pattern count again."""


@get("/children/{child_id}/files", agents(FamilyPermission.READ_HOUSEHOLDS))
async def read_child_files(child_id: UUID) -> ChildFiles:
    """A child by name, and the files that it stands in."""


@get("/children-in-turns", families())
async def children_in_turns(household_id: UUID | None = None) -> Page[ChildWithTurns]:
    """The children of a household who live there by turns, for an adult who answers for them, and when."""
