"""Recording a household's family quotient, whoever knows it: an agent, a family that proved it, an import, the State's interface."""

from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.events import Quotient, QuotientState
from contracts.family.models import Household, QuotientChange
from contracts.family.resources import ResourcesEntry
from contracts.types import Cents, QuotientSource

from ..errors import OrganizationHasNoQuotient
from ..households.queries import read_household
from ..households.store import lock_household
from ..settings import FamilyRules
from .domain import Basis, Entry, in_force, is_there, quotient_fault, tax_quotient
from .store import awaited_since, household_of_proof, load_entries, load_quotients, record_quotient


@command
async def change_quotient(
    tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID, request: ResourcesEntry
) -> Household:
    """Record a quotient from its day on; the same one again changes nothing. The household as it then is.

    Raises NotFound, Invalid, OrganizationHasNoQuotient.
    """
    entry = entry_of(rules, request, await tx.today())
    if not await lock_household(tx, household_id):
        raise NotFound
    await enter_quotient(tx, actor, rules, household_id, entry)
    return await read_household(tx, household_id, await tx.today())


async def enter_quotient(tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID, entry: Entry) -> bool:
    """Check, keep, note and tell a quotient of a household that is locked: the one way in for whoever brings one; False where it was there.

    Raises Invalid, OrganizationHasNoQuotient.
    """
    today = await tx.today()
    if fault := quotient_fault(entry.quotient, rules.accepted_quotient_days(today), ""):
        raise Invalid(fault)
    if (await read_household(tx, household_id, today)).organization is not None:
        raise OrganizationHasNoQuotient
    return await note_quotient(tx, actor, household_id, entry)


async def note_quotient(tx: Transaction, actor: Actor, household_id: UUID, entry: Entry) -> bool:
    """Keep, note and tell a quotient of a household that is locked; one that is there already changes nothing, and is answered by False."""
    kept = await load_entries(tx, household_id)
    if is_there(tuple(item.entry for item in kept if item.replaced_at is None), entry):
        return False
    before = in_force(await load_quotients(tx, household_id), entry.quotient.effective_on)
    await record_quotient(tx, household_id, entry, await tx.now(), actor.account_id)
    tx.note(
        Act(
            actor,
            "quotient_changed",
            household_id,
            household_id,
            before=before.model_dump() if before else None,
            after=entry.quotient.model_dump(),
        )
    )
    await publish_quotients(tx, household_id)
    return True


async def lock_waiting_for(tx: Transaction, document_id: UUID) -> UUID | None:
    """Hold the household whose declaration waits on a document, which may go: it does not wait any more then, and its quotients are to be told."""
    household_id = await household_of_proof(tx, document_id)
    if household_id is not None:
        await lock_household(tx, household_id)
    return household_id


async def publish_quotients(tx: Transaction, household_id: UUID) -> None:
    """Tell the quotients of a household that is locked, and since when another one is awaited."""
    since = await awaited_since(tx, household_id)
    quotients = await load_quotients(tx, household_id)
    tx.emit(
        QuotientState(
            household_id=household_id,
            quotients=quotients,
            awaited_since_on=civil_day(since, tx.zone) if since else None,
        )
    )


def as_entry(rules: FamilyRules, request: QuotientChange) -> Entry:
    """What stands in a new file or in an import, as it is kept."""
    return Entry(
        Quotient(
            value_cents=request.value_cents,
            effective_on=request.effective_on,
            source=request.source,
            ends_on=rules.last_quotient_day(request.effective_on),
        )
    )


def entry_of(rules: FamilyRules, request: ResourcesEntry, today: date) -> Entry:
    """What an agent typed, as it is kept; the town's formula makes the quotient of a tax notice. Raises Invalid."""
    value_cents = value_of(rules, request)
    if isinstance(value_cents, Refusal):
        raise value_cents
    quotient = Quotient(
        value_cents=value_cents,
        effective_on=request.effective_on,
        source=request.source,
        ends_on=request.ends_on or rules.last_quotient_day(request.effective_on),
    )
    if fault := quotient_fault(quotient, rules.accepted_quotient_days(today), ""):
        raise Invalid(fault)
    basis = Basis(request.month, request.income_cents, request.child_count)
    return Entry(quotient, basis=basis, document_id=request.document_id)


class Typed(Protocol):
    """What somebody says of a household's resources."""

    @property
    def source(self) -> QuotientSource: ...
    @property
    def value_cents(self) -> Cents | None: ...
    @property
    def income_cents(self) -> Cents | None: ...
    @property
    def child_count(self) -> int | None: ...


def value_of(rules: FamilyRules, typed: Typed) -> Cents | Refusal:
    """The quotient that was typed, or that the town's formula makes of a tax notice; what is missing for it."""
    formula, value_cents, income_cents = rules.policy.resources.tax_formula, typed.value_cents, typed.income_cents
    is_computed = typed.source is QuotientSource.TAX_NOTICE and formula is not None
    if formula is None or not is_computed or (value_cents is not None and income_cents is None):
        return Invalid(FieldRefusal("/value_cents", "missing")) if value_cents is None else value_cents
    if income_cents is None:
        return Invalid(FieldRefusal("/income_cents", "missing"))
    if typed.child_count is None:
        return Invalid(FieldRefusal("/child_count", "missing"))
    return tax_quotient(formula, income_cents, typed.child_count)
