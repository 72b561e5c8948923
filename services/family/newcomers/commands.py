"""Adding an adult to a file that exists: invited and answering for its children, as in a new one."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import DateRange
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.models import AdultCreate, Household
from contracts.family.newcomers import NewAdult
from contracts.types import Authority, ResponsibilityRole

from ..custody.domain import Custody, Grant, Tie, with_tie
from ..custody.store import load_custody, save_custody
from ..errors import AdultOfFile
from ..households.domain import joined
from ..households.queries import read_household
from ..households.store import invite, lock_in_use, publish, save_members
from ..people.domain import Adult, comparable_email, name_key, text_faults, with_single_spaces
from ..people.store import add_adults, known_adults, lock_child, take_turns


@command
async def add_adult(tx: Transaction, actor: Actor, claim: Claim, request: NewAdult) -> Household:
    """Add an adult, who belongs to the household from today on. Raises NotFound, HouseholdArchived, AdultOfFile, Invalid."""
    if (answer := await claim.replay(tx, Household)) is not None:
        return answer
    today, typed = await tx.today(), adult_typed(request.adult)
    texts = iter([("/adult/first_name", typed.first_name), ("/adult/last_name", typed.last_name)])
    if faults := list(text_faults(texts)):
        raise Invalid(*faults)
    await take_turns(tx, [name_key(typed), *([comparable_email(typed.email)] if typed.email else [])])
    file = await lock_in_use(tx, request.household_id)
    child_ids = sorted(set(request.child_ids))
    if not set(child_ids) <= {child.child_id for child in file.children}:
        raise Invalid(FieldRefusal("/child_ids", "child_not_a_member"))
    known = (await known_adults(tx, [typed])).get(typed.adult_id)
    adult = known or typed
    changed = replace(file, adult_members=joined(file.adult_members, adult.adult_id, DateRange(today)))
    if changed == file:
        raise AdultOfFile(reference=file.reference)
    entered = {"starts_on": today, "child_ids": child_ids}
    tx.note(Act(actor, "household_joined", adult.adult_id, file.household_id, after=entered))
    if known is None:
        await add_adults(tx, [adult], await tx.now(), actor.account_id)
    await save_members(tx, changed)
    for child_id in child_ids:
        if (child := await lock_child(tx, child_id)) is not None:
            await save_custody(tx, _answered_for(await load_custody(tx, child), adult.adult_id, today))
    await publish(tx, [file.household_id], today)
    if known is not None and not known.is_invited:
        await invite(tx, [known.adult_id], today)
    return await claim.keep(tx, await read_household(tx, file.household_id, today))


def adult_typed(typed: AdultCreate) -> Adult:
    """An adult as they were typed, invited where they have an address."""
    names = (typed.civility, typed.first_name, typed.last_name)
    return with_single_spaces(Adult(new_id(), *names, typed.email, typed.phone, is_invited=typed.email is not None))


def _answered_for(custody: Custody, adult_id: UUID, today: date) -> Custody:
    """The custody once an adult answers for the child, jointly with others. Raises what is against that."""
    tied = with_tie(custody, Tie(adult_id, ResponsibilityRole.GUARDIAN), Grant(Authority.JOINT), today, None)
    if isinstance(tied, Refusal):
        raise tied
    return tied
