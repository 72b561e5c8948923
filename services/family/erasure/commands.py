"""Erasing a household and whoever belongs to it alone."""

from uuid import UUID

from chassis.data.database import Transaction, command
from chassis.data.history import forget_changes
from chassis.data.idempotency import forget_answers
from chassis.days import ALWAYS
from chassis.refusal import NotFound
from contracts.family.events import (
    ChildState,
    DelegateState,
    DelegationState,
    HouseholdState,
    QuotientState,
    ResponsibilityState,
)
from contracts.family.school_events import SchoolingState

from ..custody.domain import without_household
from ..custody.store import load_custody, save_custody
from ..delegates.store import publish_delegate
from ..health.commands import forget_child
from ..households.store import lock_households
from ..people.store import lock_child
from . import store


@command
async def erase_household(tx: Transaction, household_id: UUID) -> None:
    """Erase a household, the children and adults whom no other file needs, and the keys of all that is sealed for them: the history keeps who did
    what, and no copy of a sealed text, in a topic or a backup, says anything from then on. A child of a second home stays there, and lives in this
    one no more. Files that became part of it go with it. Every state is withdrawn (tombstones). Invoices are another service's, which the law has it keep. Raises NotFound."""
    if not await lock_households(tx, [household_id]):
        raise NotFound
    for former_id in await store.merged_into(tx, household_id):
        await _erase(tx, former_id)
    await _erase(tx, household_id)


async def _erase(tx: Transaction, household_id: UUID) -> None:
    await lock_households(tx, [household_id])
    people = await store.people_of(tx, household_id)
    around = await store.adults_around(tx, household_id)
    delegation_ids, holding = await store.remove_delegations(tx, household_id)
    adult_ids, child_ids = await store.alone_in(tx, household_id, [*people, *around])
    for child_id in child_ids:
        if await lock_child(tx, child_id) is not None:
            await forget_child(tx, child_id)
    for person_id in sorted(set(people) - set(adult_ids) - set(child_ids)):
        await _leave(tx, household_id, person_id)
    await store.remove_children(tx, child_ids)
    await store.remove_household(tx, household_id)
    delegate_ids = await store.remove_adults(tx, adult_ids)
    erased = [household_id, *adult_ids, *child_ids]
    await forget_changes(tx, erased)
    for subject_id in erased:
        await forget_answers(tx, subject_id)
    for child_id in child_ids:
        tx.erase(ChildState, str(child_id))
        tx.erase(ResponsibilityState, str(child_id))
        tx.erase(SchoolingState, str(child_id))
    for delegation_id in delegation_ids:
        tx.erase(DelegationState, str(delegation_id))
    for delegate_id in holding:
        await publish_delegate(tx, delegate_id)
    for delegate_id in delegate_ids:
        tx.erase(DelegateState, str(delegate_id))
    tx.erase(QuotientState, str(household_id))
    tx.erase(HouseholdState, str(household_id))
    tx.report("household erased", household_id=str(household_id))


async def _leave(tx: Transaction, household_id: UUID, person_id: UUID) -> None:
    """A child of another home lives in this one no more."""
    if (child := await lock_child(tx, person_id)) is not None:
        custody = await load_custody(tx, child)
        await save_custody(tx, without_household(custody, household_id, ALWAYS))
