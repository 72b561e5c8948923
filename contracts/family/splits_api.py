"""What the family service answers about a file that becomes two."""

from uuid import UUID

from contracts.family.models import Household
from contracts.family.permissions import FamilyPermission
from contracts.family.splits import SplitConfirm, SplitCreate, SplitPreview
from contracts.operation import agents, post


@post(
    "/households/{household_id}/split-previews",
    agents(FamilyPermission.KEEP_HOUSEHOLDS),
    is_noted=False,
    is_repeatable=True,
)
async def preview_split(household_id: UUID, body: SplitCreate) -> SplitPreview:
    """What a split makes of a file, before it is made; this changes nothing."""


@post("/households/{household_id}/splits", agents(FamilyPermission.KEEP_HOUSEHOLDS), is_keyed=True, status=201)
async def split_household(household_id: UUID, body: SplitConfirm) -> Household:
    """Take some members of a file out into a new one, as it was shown; the new one."""
