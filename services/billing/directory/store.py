"""Replicas of households, activities and quotients: the newest state of each, and nothing that billing does not need."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.data.ranges import stored_memberships
from chassis.data.replicas import Replica
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState, QuotientState

from ..repricing.store import ask_for_activity

HOUSEHOLDS = Replica("households", "household_id", ("payer_name", "address_lines"))
"""Charges and invoices stay when a household is erased: accounts must be kept, and name only what they must."""
ACTIVITIES = Replica("activities", "activity_id", ("label", "tariff_code"))
"""Lines that were invoiced keep the label of an activity that is erased."""
QUOTIENT_FILES = Replica("quotient_files", "household_id", ("is_to_apply",))
"""A file of quotients that changed is to be applied by the job that prices charges; what was priced stays."""

KEEP_ADULTS_SQL = """
with gone as (delete from household_adults where household_id = $1 and adult_id <> all($2::uuid[]))
insert into household_adults (household_id, adult_id, email, days)
select $1, a.adult_id, a.email, m.days
from unnest($2::uuid[], $3::text[]) as a(adult_id, email)
join (select person_id, range_agg(during) as days from unnest($4::uuid[], $5::daterange[]) as m(person_id, during)
      group by person_id) m on m.person_id = a.adult_id
on conflict (household_id, adult_id) do update set email = excluded.email, days = excluded.days
"""

KEEP_CHILDREN_SQL = """
with gone as (delete from household_children where household_id = $1 and child_id <> all($2::uuid[]))
insert into household_children (household_id, child_id, name, days)
select $1, child_id, min(name), range_agg(during)
from unnest($2::uuid[], $3::daterange[], $4::text[]) as m(child_id, during, name) group by child_id
on conflict (household_id, child_id) do update set name = excluded.name, days = excluded.days
"""


async def keep_household(tx: Transaction, household: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    address = household.address
    payer = next((item.adult_id for item in household.payers), None)
    names = {adult.adult_id: f"{adult.first_name} {adult.last_name}" for adult in household.adults}
    lines = [*address.lines, f"{address.postal_code} {address.city}"]
    household_id = household.household_id
    if not await HOUSEHOLDS.keep(tx, household_id, envelope.sequence, names.get(payer) if payer else None, lines):
        return
    await tx.execute(
        KEEP_ADULTS_SQL,
        household_id,
        [adult.adult_id for adult in household.adults],
        [adult.email for adult in household.adults],
        *stored_memberships(household.adult_members),
    )
    children = household.child_members
    await tx.execute(KEEP_CHILDREN_SQL, household_id, *stored_memberships(children), [child.name for child in children])


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
