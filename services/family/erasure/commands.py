"""Erasing a household and whoever belongs to it alone: asked for by an agent, done when the accounts have given their last word."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act, forget_changes
from chassis.data.idempotency import forget_answers
from chassis.days import ALWAYS
from chassis.documents import issuing
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.erasure import ErasureStage, ErasureStanding
from contracts.family.erasure_events import ErasureAsked, HouseholdErased
from contracts.family.events import (
    ChildState,
    DelegateState,
    DelegationState,
    HouseholdState,
    QuotientState,
    ResponsibilityState,
)
from contracts.family.school_events import SchoolingState

from ..archives.queries import quiet_since
from ..custody.domain import without_household
from ..custody.store import load_custody, save_custody
from ..delegates.store import publish_delegate
from ..documents.store import remove_of as remove_documents
from ..health.commands import forget_child
from ..households.store import lock_household, lock_households
from ..people.store import lock_child
from ..requests.store import remove_of as remove_requests
from ..settings import FamilyRules
from . import store
from .domain import Accounts, is_reference
from .queries import standing


@command
async def ask_erasure(
    tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID, confirmation: str
) -> ErasureStanding:
    """Ask for a file to be erased, and the accounts for their last word. One that is under way goes on, and one that is done is done.

    Raises:
        NotFound, HouseholdMerged.
        HouseholdOwes, HouseholdStillUsed, HouseholdKept: it is not erased now.
        Invalid: another reference was typed.
    """
    today = await tx.today()
    if not await lock_household(tx, household_id):
        return await standing(tx, rules, household_id, today)
    known = await store.erasure_of(tx, household_id)
    use = await store.use_of(tx, household_id, quiet_since(rules, today))
    if use is None:
        raise NotFound
    if refusal := use.refusal(today, rules.policy.retention_years):
        raise refusal
    if not is_reference(confirmation, use.reference):
        raise Invalid(FieldRefusal("/confirmation", "reference_differs", (("reference", use.reference),)))
    if known is None or known.stage is not ErasureStage.ASKED:
        now = await tx.now()
        asked = store.Erasure(new_id(), ErasureStage.ASKED, now, None, Accounts())
        tx.note(Act(actor, "household_erasure_asked", household_id, household_id))
        await store.keep_asked(tx, household_id, asked, actor.account_id)
        tx.emit(
            ErasureAsked(
                erasure_id=asked.erasure_id,
                household_id=household_id,
                household_ids=tuple(await store.files_of(tx, household_id)),
                asked_at=now,
            )
        )
    return await standing(tx, rules, household_id, today)


async def conclude(
    tx: Transaction, rules: FamilyRules, household_id: UUID, erasure_id: UUID, accounts: Accounts
) -> None:
    """Erase a file, or not, as the accounts say; also not where it was taken up again, or owes something else, since it was asked for. Said twice,
    once done. What nobody waits for changes nothing."""
    file_ids = await store.files_of(tx, household_id)
    await lock_households(tx, file_ids)
    known = await store.erasure_of(tx, household_id)
    if known is None or known.erasure_id != erasure_id or known.stage is not ErasureStage.ASKED:
        return
    today = await tx.today()
    use = await store.use_of(tx, household_id, quiet_since(rules, today))
    is_free = use is not None and use.refusal(today, rules.policy.retention_years) is None
    if not (accounts.is_settled and is_free):
        await store.keep_judged(tx, household_id, ErasureStage.REFUSED, accounts)
        return
    await erase_household(tx, household_id)
    await store.keep_judged(tx, household_id, ErasureStage.ERASED, accounts)
    await store.keep_former(tx, household_id, [file_id for file_id in file_ids if file_id != household_id])


async def erase_household(tx: Transaction, household_id: UUID) -> None:
    """Erase a household, the children and adults whom no other file needs, and the keys of all that is sealed for them: the history keeps who did
    what, and no copy of a sealed text, in a topic or a backup, says anything from then on. A child of a second home stays there, and lives in this
    one no more. Files that became part of it go with it. Every state is withdrawn (tombstones). Invoices are another service's, which the law has it keep. Raises NotFound."""
    file_ids = await store.files_of(tx, household_id)
    if household_id not in await lock_households(tx, file_ids):
        raise NotFound
    for former_id in file_ids:
        if former_id != household_id:
            await _erase(tx, former_id)
    await _erase(tx, household_id)
    tx.emit(HouseholdErased(household_id=household_id, household_ids=tuple(file_ids), erased_at=await tx.now()))


async def _erase(tx: Transaction, household_id: UUID) -> None:
    people = await store.people_of(tx, household_id)
    around = await store.adults_around(tx, household_id)
    delegation_ids, holding = await store.remove_delegations(tx, household_id)
    adult_ids, child_ids = await store.alone_in(tx, household_id, [*people, *around])
    await remove_requests(tx, [household_id], [*adult_ids, *child_ids])
    await remove_documents(tx, [household_id], [*adult_ids, *child_ids])
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
    await issuing.forget(tx, erased)
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
