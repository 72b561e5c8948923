"""What the family service answers about erasing a household's file."""

from uuid import UUID

from contracts.family.erasure import ErasureRequest, ErasureStanding
from contracts.family.permissions import FamilyPermission
from contracts.operation import agents, get, post
from contracts.types import StepUp


@get("/households/{household_id}/erasure", agents(FamilyPermission.ERASE_HOUSEHOLDS))
async def read_erasure(household_id: UUID) -> ErasureStanding:
    """What erasing a file would take, and what stands against it; or that it was erased."""


@post(
    "/households/{household_id}/erasure",
    agents(FamilyPermission.ERASE_HOUSEHOLDS),
    is_repeatable=True,
    step_up=StepUp.ERASURE,
)
async def ask_erasure(household_id: UUID, body: ErasureRequest) -> ErasureStanding:
    """Have a file erased for good, once the accounts have nothing against it; asked again, it goes on."""
