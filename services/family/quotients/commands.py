"""Recording what an agent knows of a household's family quotient."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import Invalid, NotFound
from contracts.family.events import Quotient, QuotientState
from contracts.family.models import Household, QuotientChange

from ..errors import OrganizationHasNoQuotient
from ..households.queries import read_household
from ..households.store import lock_household
from ..settings import FamilyRules
from .domain import day_fault, in_force, with_quotient
from .store import load_quotients, record_quotient


@command
async def change_quotient(
    tx: Transaction, actor: Actor, rules: FamilyRules, household_id: UUID, request: QuotientChange
) -> Household:
    """Record a quotient from its day on; the same one again changes nothing. The household as it then is."""
    today = await tx.today()
    quotient = as_quotient(request)
    if fault := day_fault(quotient, rules.accepted_quotient_days(today), ""):
        raise Invalid(fault)
    if not await lock_household(tx, household_id):
        raise NotFound
    if (await read_household(tx, household_id, today)).organization is not None:
        raise OrganizationHasNoQuotient
    await note_quotient(tx, actor, household_id, quotient)
    return await read_household(tx, household_id, today)


async def note_quotient(tx: Transaction, actor: Actor, household_id: UUID, quotient: Quotient) -> None:
    """Keep, note and tell a quotient of a household that is locked; one that is there already changes nothing."""
    history = await load_quotients(tx, household_id)
    if quotient not in history:
        await record_quotient(tx, household_id, quotient, await tx.now(), actor.account_id)
        before = in_force(history, quotient.effective_on)
        tx.note(
            Act(
                actor,
                "quotient_changed",
                household_id,
                household_id,
                before=before.model_dump() if before else None,
                after=quotient.model_dump(),
            )
        )
        tx.emit(QuotientState(household_id=household_id, quotients=with_quotient(history, quotient)))


def as_quotient(request: QuotientChange) -> Quotient:
    """What an agent typed, as it is kept."""
    return Quotient(value_cents=request.value_cents, effective_on=request.effective_on, source=request.source)
