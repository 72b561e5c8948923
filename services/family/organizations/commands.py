"""Saying what a household's file is of; an agent alone does."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import Invalid, NotFound, Refusal
from contracts.family.events import HouseholdKind
from contracts.family.models import Household
from contracts.family.organizations import KindChange, OrganizationCreate

from ..errors import HouseholdHasQuotient
from ..households.domain import HouseholdFile, with_kind
from ..households.queries import read_household
from ..households.store import known_organizations, load_file, lock_household, publish, save_kind
from ..quotients.store import load_quotients
from ..settings import FamilyRules
from .domain import Organization, kind_fault, number_typed


@command
async def change_kind(
    tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID, request: KindChange
) -> Household:
    """Enter what a file is of from now on. What is so already changes nothing, and is noted nowhere.

    Raises:
        NotFound.
        Invalid: the town does not take such files, or a number is wrong or another file's.
        HouseholdHasChildren, HouseholdHasQuotient: the file is of a family, and stays one.
    """
    if fault := kind_fault(request.kind, request.organization is not None, rules.kinds):
        raise Invalid(fault)
    today = await tx.today()
    if not await lock_household(tx, household_id) or (file := await load_file(tx, household_id)) is None:
        raise NotFound
    wanted = organization_typed(request.kind, request.organization) if request.organization else None
    changed = with_kind(file, wanted, await known_organizations(tx, wanted, household_id), today)
    if isinstance(changed, Refusal):
        raise changed
    if changed != file:
        if changed.organization is not None and await load_quotients(tx, household_id):
            raise HouseholdHasQuotient(reference=file.reference)
        tx.note(
            Act(actor, "household_kind_changed", household_id, household_id, before=_noted(file), after=_noted(changed))
        )
        await save_kind(tx, changed)
        await publish(tx, [household_id], today)
    return await read_household(tx, household_id, today)


def _noted(file: HouseholdFile) -> dict[str, str | None]:
    """What a file is of, as the history says it."""
    whose = file.organization
    return {"kind": file.kind, **(whose.state().model_dump() if whose else {})}


def organization_typed(kind: HouseholdKind, typed: OrganizationCreate) -> Organization:
    """An organization as it was typed."""
    return Organization(kind, typed.legal_name, number_typed(typed.siret), number_typed(typed.rna))
