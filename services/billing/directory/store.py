"""Replicas of households, activities and quotients: the newest state of each, and nothing that billing does not need."""

from datetime import date
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.data.replicas import DatedMembers, Replica
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState, QuotientState

from ..repricing.store import ask_for_activity

HOUSEHOLDS = Replica("households", "household_id", ("payer_name", "address_lines"))
"""Charges and invoices stay when a household is erased: accounts must be kept, and name only what they must."""
ADULTS = DatedMembers("household_adults", "household_id", "adult_id", {"email": "text"})
CHILDREN = DatedMembers("household_children", "household_id", "child_id", {"name": "text"})
ACTIVITIES = Replica("activities", "activity_id", ("label", "tariff_code"))
"""Lines that were invoiced keep the label of an activity that is erased."""
QUOTIENT_FILES = Replica("quotient_files", "household_id", ("is_to_apply",))
"""A file of quotients that changed is to be applied by the job that prices charges; what was priced stays."""


async def keep_household(tx: Transaction, household: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    address = household.address
    payer_name = _payer_name(household, await tx.today())
    lines = [*address.lines, f"{address.postal_code} {address.city}"]
    household_id = household.household_id
    if not await HOUSEHOLDS.keep(tx, household_id, envelope.sequence, payer_name, lines):
        return
    await ADULTS.replace(
        tx,
        household_id,
        [(member.person_id, member) for member in household.adult_members],
        {adult.adult_id: (adult.email,) for adult in household.adults},
    )
    children = household.child_members
    await CHILDREN.replace(
        tx,
        household_id,
        [(child.person_id, child) for child in children],
        {child.person_id: (child.name,) for child in children},
    )


def _payer_name(household: HouseholdState, today: date) -> str | None:
    """Who pays today, or the first to pay; the state is published again on the day on which that changes."""
    paying = [item.adult_id for item in household.payers if item.starts_on <= today <= (item.ends_on or date.max)]
    payer_id = next(iter([*paying, *(item.adult_id for item in household.payers)]), None)
    return next(
        (f"{adult.first_name} {adult.last_name}" for adult in household.adults if adult.adult_id == payer_id), None
    )


async def erase_household(tx: Transaction, key: str) -> None:
    """Forget a household, and what people changed for it."""
    await HOUSEHOLDS.forget(tx, key)
    await forget_changes(tx, [UUID(key)])


TARIFF_OF_ACTIVITY_SQL = "select tariff_code from activities where activity_id = $1 for update"


async def keep_activity(tx: Transaction, activity: ActivityState, envelope: Envelope) -> None:
    """Replace what is known of an activity, unless something newer is; under another tariff its open days are priced again."""
    former = await tx.fetchval(TARIFF_OF_ACTIVITY_SQL, activity.activity_id)
    is_newer = await ACTIVITIES.keep(tx, activity.activity_id, envelope.sequence, activity.label, activity.tariff_code)
    if is_newer and activity.tariff_code != former:
        await ask_for_activity(tx, activity.activity_id)


FORGET_QUOTIENTS_SQL = "delete from quotients where household_id = $1"

KEEP_QUOTIENTS_SQL = """
insert into quotients (household_id, effective_on, value_cents, source)
select $1, effective_on, value_cents, source
from unnest($2::date[], $3::integer[], $4::text[]) as q(effective_on, value_cents, source)
"""


async def keep_quotients(tx: Transaction, state: QuotientState, envelope: Envelope) -> None:
    """Replace the quotients of a household, unless something newer is known; the job prices its open charges again."""
    if not await QUOTIENT_FILES.keep(tx, state.household_id, envelope.sequence, True):
        return
    # Two quotients from the same day: the later in the list corrects the earlier.
    by_day = {quotient.effective_on: quotient for quotient in state.quotients}
    await tx.execute(FORGET_QUOTIENTS_SQL, state.household_id)
    await tx.execute(
        KEEP_QUOTIENTS_SQL,
        state.household_id,
        list(by_day),
        [quotient.value_cents for quotient in by_day.values()],
        [quotient.source.value for quotient in by_day.values()],
    )
