"""What the family service answers about protected addresses."""

from uuid import UUID

from contracts.family.events import Address
from contracts.family.models import Household
from contracts.family.permissions import FamilyPermission
from contracts.family.protection import (
    AddressProtection,
    ProtectedHousehold,
    ProtectionAsked,
    ProtectionEnd,
    ProtectionRequest,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.operation import agents, families, get, post, put
from contracts.types import StepUp


@get("/protected-addresses", agents(FamilyPermission.PROTECT_ADDRESSES))
async def list_protected(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[ProtectedHousehold]:
    """The households whose address is protected, or one of them: first those whose decision ends first. No address."""


@put("/households/{household_id}/protection", agents(FamilyPermission.PROTECT_ADDRESSES))
async def protect_address(household_id: UUID, body: AddressProtection) -> Household:
    """Protect a household's address, or correct why and until when; what its adults asked is settled by that."""


@post("/me/protection-requests", families(), is_repeatable=True)
async def ask_protection(body: ProtectionAsked) -> None:
    """Ask for the address of one's household to be protected, or say it otherwise while that waits. Nothing else is ever answered to a family about it."""


@get("/protection-requests", agents(FamilyPermission.PROTECT_ADDRESSES))
async def list_protection_requests(
    household_id: UUID | None = None,
    request_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[ProtectionRequest]:
    """The requests for protection that wait, the oldest first; those of one household, or one of them."""


@post("/protection-requests/{request_id}/closing", agents(FamilyPermission.PROTECT_ADDRESSES), is_repeatable=True)
async def close_protection_request(request_id: UUID, body: ProtectionEnd) -> None:
    """Close a request of which nothing comes, and say why, for other agents alone."""


@post("/households/{household_id}/protection/end", agents(FamilyPermission.PROTECT_ADDRESSES), is_repeatable=True)
async def end_protection(household_id: UUID, body: ProtectionEnd) -> Household:
    """Protect a household's address no longer: it stands again wherever addresses do."""


@post(
    "/households/{household_id}/protection/readings",
    families(FamilyPermission.READ_PROTECTED_ADDRESSES),
    is_repeatable=True,
    step_up=StepUp.PROTECTED,
)
async def show_address(household_id: UUID) -> Address:
    """A protected address, for the adults of the household and entitled agents; each time is noted."""
