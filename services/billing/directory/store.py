"""Replicas of households, custody, activities and quotients: the newest state of each, and nothing that billing does not need."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.data.ranges import stored_range
from chassis.data.replicas import DatedMembers, Replica
from chassis.days import DateRange
from chassis.documents import issuing
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import Address, HouseholdState, QuotientState, ResponsibilityState

from ..payers.store import decide_again, keep_payers, sharing_children
from ..repricing.store import ask_for_activity
from .domain import Bond, kept_apart

HOUSEHOLDS = Replica("households", "household_id", ("reference", "address_lines", "is_address_protected"))
"""Charges and invoices stay when a household is erased: accounts must be kept, and name only what they must."""
ADULTS = DatedMembers("household_adults", "household_id", "adult_id", {"email": "text"})
CHILDREN = DatedMembers("household_children", "household_id", "child_id", {"name": "text"})
CUSTODY = Replica("custody", "child_id")
"""Of custody, where a child lives and from whom it is kept; what was decided by it stays when it is erased."""
ACTIVITIES = Replica("activities", "activity_id", ("label", "kind", "tariff_code"))
"""Lines that were invoiced keep the label of an activity that is erased."""
QUOTIENT_FILES = Replica("quotient_files", "household_id", ("awaited_since_on",))
"""What was priced stays when quotients are erased."""


FORGET_MERGED_SQL = "delete from merged_files where household_id = $1"

KEEP_MERGED_SQL = "insert into merged_files (household_id, kept_id) values ($1, $2)"

KEEP_MERGED_PAYERS_SQL = """
insert into merged_payers (household_id, adult_id, kept_adult_id) select $1, * from unnest($2::uuid[], $3::uuid[])
"""


async def keep_household(tx: Transaction, household: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    address, merged, household_id = household.address, household.merged, household.household_id
    values = (household.reference, _lines(address) if address else [], address is None)
    if not await HOUSEHOLDS.keep(tx, household_id, envelope.sequence, *values):
        return
    await tx.execute(FORGET_MERGED_SQL, household_id)
    if merged is not None:
        same = merged.same_persons
        await tx.execute(KEEP_MERGED_SQL, household_id, merged.household_id)
        persons = [one.person_id for one in same], [one.kept_person_id for one in same]
        await tx.execute(KEEP_MERGED_PAYERS_SQL, household_id, *persons)
    await ADULTS.replace(
        tx,
        household_id,
        [(member.person_id, member) for member in household.adult_members],
        {adult.adult_id: (adult.email,) for adult in household.adults},
    )
    children = household.child_members
    sharing = await sharing_children(tx, household_id)
    await CHILDREN.replace(
        tx,
        household_id,
        [(child.person_id, child) for child in children],
        {child.person_id: (child.name,) for child in children},
    )
    await keep_payers(tx, household)
    if await sharing_children(tx, household_id) != sharing:
        await decide_again(tx, household_id)


def _lines(address: Address) -> list[str]:
    country = [address.country.upper()] if address.country else []
    return [*address.lines, f"{address.postal_code} {address.city}", *country]


# The answer to a payment that was started has the address to which the provider writes.
FORGET_STARTED_SQL = """
delete from idempotency_keys where response ->> 'payment_id' in (select payment_id::text from payments where household_id = $1)
"""


async def erase_household(tx: Transaction, key: str) -> None:
    """Forget a household, and what people changed and started for it; parts of days that it paid are nobody's from now on."""
    await HOUSEHOLDS.forget(tx, key)
    await tx.execute(FORGET_STARTED_SQL, UUID(key))
    await decide_again(tx, UUID(key))
    await forget_changes(tx, [UUID(key)])
    await issuing.forget(tx, [UUID(key)])


REMOVE_KEPT_APART_SQL = "delete from kept_apart where child_id = $1"

ADD_KEPT_APART_SQL = """
insert into kept_apart (child_id, adult_id, days)
select $1, adult_id, range_agg(during) from unnest($2::uuid[], $3::daterange[]) as k(adult_id, during) group by adult_id
"""


async def _keep_apart(tx: Transaction, state: ResponsibilityState) -> None:
    bonds = [
        Bond(item.adult_id, item.role, item.authority, DateRange.between(item.starts_on, item.ends_on))
        for item in state.responsibilities
    ]
    rows = [(adult_id, during) for adult_id, days in kept_apart(bonds).items() for during in days.ranges]
    await tx.execute(REMOVE_KEPT_APART_SQL, state.child_id)
    adult_ids, ranges = [adult_id for adult_id, _ in rows], [stored_range(during) for _, during in rows]
    await tx.execute(ADD_KEPT_APART_SQL, state.child_id, adult_ids, ranges)


REMOVE_RESIDENCES_SQL = "delete from residences where child_id = $1"

ADD_RESIDENCES_SQL = """
insert into residences (child_id, during, pattern, household_ids, anchor_on, change_weekday, second_home_days, holiday_zone, holiday_even_first_id)
select $1, during, pattern, household_ids::uuid[], anchor_on, change_weekday, second_home_days::smallint[], zone, even_first_id
from unnest($2::daterange[], $3::text[], $4::text[], $5::date[], $6::smallint[], $7::text[], $8::text[], $9::uuid[])
    as r(during, pattern, household_ids, anchor_on, change_weekday, second_home_days, zone, even_first_id)
"""


async def keep_custody(tx: Transaction, state: ResponsibilityState, envelope: Envelope) -> None:
    """Replace where a child lives and from whom a decision keeps it, unless something newer is known; a job decides again who pays for its open days."""
    if not await CUSTODY.keep(tx, state.child_id, envelope.sequence):
        return
    await _keep_apart(tx, state)
    homes = state.residences
    await tx.execute(REMOVE_RESIDENCES_SQL, state.child_id)
    await tx.execute(
        ADD_RESIDENCES_SQL,
        state.child_id,
        [stored_range(DateRange.between(home.starts_on, home.ends_on)) for home in homes],
        [home.pattern for home in homes],
        ["{" + ",".join(map(str, home.household_ids)) + "}" for home in homes],
        [home.anchor_on for home in homes],
        [home.change_weekday for home in homes],
        ["{" + ",".join(map(str, home.second_home_days)) + "}" for home in homes],
        [home.holidays.zone if home.holidays else None for home in homes],
        [home.holidays.even_first_id if home.holidays else None for home in homes],
    )
    await decide_again(tx, state.child_id)


PRICING_OF_ACTIVITY_SQL = "select kind, tariff_code from activities where activity_id = $1 for update"


async def keep_activity(tx: Transaction, activity: ActivityState, envelope: Envelope) -> None:
    """Replace what is known of an activity, unless something newer is; of another kind or tariff, its open days are decided again."""
    former = await tx.fetchrow(PRICING_OF_ACTIVITY_SQL, activity.activity_id)
    kept = (activity.label, activity.kind, activity.tariff_code)
    is_newer = await ACTIVITIES.keep(tx, activity.activity_id, envelope.sequence, *kept)
    if is_newer and (activity.kind, activity.tariff_code) != (tuple(former) if former else None):
        await ask_for_activity(tx, activity.activity_id)


FORGET_QUOTIENTS_SQL = "delete from quotients where household_id = $1"

KEEP_QUOTIENTS_SQL = """
insert into quotients (household_id, effective_on, value_cents, source, ends_on)
select $1, effective_on, value_cents, source, ends_on
from unnest($2::date[], $3::integer[], $4::text[], $5::date[]) as q(effective_on, value_cents, source, ends_on)
"""


async def keep_quotients(tx: Transaction, state: QuotientState, envelope: Envelope) -> None:
    """Replace the quotients of a household, unless something newer is known; a job prices its open days again."""
    if not await QUOTIENT_FILES.keep(tx, state.household_id, envelope.sequence, state.awaited_since_on):
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
        [quotient.ends_on for quotient in by_day.values()],
    )
    await decide_again(tx, state.household_id)
