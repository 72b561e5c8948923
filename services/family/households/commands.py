"""Opening a household's file."""

from datetime import datetime

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import Refusal
from contracts.family.events import Address, Child, Guardian, HouseholdState
from contracts.family.models import CoGuardianCreate, GuardianCreate, Household, HouseholdCreate

from ..quotients.commands import as_quotient
from ..quotients.store import record_quotient
from ..settings import FamilyRules
from . import domain
from .queries import read_household
from .store import add_household, known_files, next_reference


@command
async def open_household(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: HouseholdCreate
) -> Household:
    """Open a file: household, guardians, children and quotient together, or nothing."""
    if (answer := await claim.replay(tx, Household)) is not None:
        return answer
    now = await tx.now()
    today = rules.today(now)
    draft = _draft(request, await next_reference(tx), now)
    quotient = as_quotient(request.quotient) if request.quotient else None
    known = await known_files(tx, draft)
    opening = domain.open_household(draft, quotient, known, today, rules.accepted_quotient_days(today))
    if isinstance(opening, Refusal):
        raise opening
    await add_household(tx, opening.state, actor.account_id)
    if quotient:
        await record_quotient(tx, draft.household_id, quotient, now, actor.account_id)
    opened = {"reference": opening.state.reference, "child_count": len(opening.state.children)}
    tx.note(Act(actor, "household_opened", draft.household_id, draft.household_id, after=opened))
    tx.emit(*opening.events)
    return await claim.keep(tx, await read_household(tx, draft.household_id, today))


def _draft(request: HouseholdCreate, reference: str, now: datetime) -> HouseholdState:
    guardians = [_guardian(typed) for typed in (request.guardian, request.co_guardian) if typed]
    address = request.address
    return HouseholdState(
        household_id=new_id(),
        reference=reference,
        address=Address(
            lines=(address.street, *((address.complement,) if address.complement else ())),
            postal_code=address.postal_code,
            city=address.city,
        ),
        guardians=tuple(guardians),
        children=tuple(
            Child(child_id=new_id(), first_name=typed.first_name, last_name=typed.last_name, birth_on=typed.birth_on)
            for typed in request.children
        ),
        payer_guardian_id=guardians[0].guardian_id,
        created_at=now,
    )


def _guardian(typed: GuardianCreate | CoGuardianCreate) -> Guardian:
    return Guardian(
        guardian_id=new_id(),
        civility=typed.civility,
        first_name=typed.first_name,
        last_name=typed.last_name,
        email=typed.email,
        phone=typed.phone,
        is_invited=typed.email is not None,
    )
