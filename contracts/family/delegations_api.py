"""What the family service answers about delegations: to the parents who give them, to those who hold them, to agents."""

from uuid import UUID

from contracts.family.delegations import Delegation, DelegationCreate, DelegationStop, HeldDelegation
from contracts.family.permissions import FamilyPermission
from contracts.http import Cursor, Page
from contracts.operation import agents, delegates, families, get, post
from contracts.types import StepUp


@post("/delegations", families(), is_keyed=True, status=201, step_up=StepUp.DELEGATIONS)
async def give_delegation(body: DelegationCreate) -> Delegation:
    """Let somebody act for children whom the parent answers for; who has no account yet is invited."""


@get("/delegations", families(FamilyPermission.READ_HOUSEHOLDS))
async def list_delegations(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[Delegation]:
    """The delegations of a household, the newest first, also those that ended; an agent names the household."""


@post("/delegations/{delegation_id}/revocation", families(), is_repeatable=True)
async def revoke_delegation(delegation_id: UUID) -> Delegation:
    """End a delegation of one's own household, whichever parent gave it; one that ended stays as it ended."""


@post("/delegations/{delegation_id}/end", agents(FamilyPermission.END_DELEGATIONS), is_repeatable=True)
async def end_delegation(delegation_id: UUID, body: DelegationStop) -> Delegation:
    """End a delegation for a family, with a reason that it reads."""


@get("/me/delegations", delegates())
async def held_delegations(cursor: Cursor | None = None) -> Page[HeldDelegation]:
    """What families let the person who is signed in do, the newest first, and what ended lately."""


@post("/me/delegations/{delegation_id}/renunciation", delegates(), is_repeatable=True)
async def give_up_delegation(delegation_id: UUID) -> HeldDelegation:
    """Give a delegation up that one holds."""
