"""Replicas of households, activities and quotients: the newest state of each, and nothing that billing does not need."""

from uuid import UUID

from chassis.comparing import Person, first_names_apart
from chassis.data.database import Transaction
from chassis.data.history import forget_changes
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

KEEP_MEMBERS_SQL = """
with gone_guardians as (
    delete from household_guardians where household_id = $1 and guardian_id <> all($2::uuid[])
), gone_children as (
    delete from household_children where household_id = $1 and child_id <> all($4::uuid[])
), guardians as (
    insert into household_guardians (household_id, guardian_id, email)
    select $1, guardian_id, email from unnest($2::uuid[], $3::text[]) as g(guardian_id, email)
    on conflict (household_id, guardian_id) do update set email = excluded.email
)
insert into household_children (household_id, child_id, first_name)
select $1, child_id, first_name from unnest($4::uuid[], $5::text[]) as c(child_id, first_name)
on conflict (household_id, child_id) do update set first_name = excluded.first_name
"""


def child_names(household: HouseholdState) -> dict[UUID, str]:
    """The names of a household's children as its invoices bear them: first names, told apart where two are equal."""
    return first_names_apart(
        {child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in household.children}
    )


async def keep_household(tx: Transaction, household: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    payer = next(g for g in household.guardians if g.guardian_id == household.payer_guardian_id)
    address = household.address
    is_newer = await HOUSEHOLDS.keep(
        tx,
        household.household_id,
        envelope.sequence,
        f"{payer.first_name} {payer.last_name}",
        [*address.lines, f"{address.postal_code} {address.city}"],
    )
    if is_newer:
        names = child_names(household)
        await tx.execute(
            KEEP_MEMBERS_SQL,
            household.household_id,
            [guardian.guardian_id for guardian in household.guardians],
            [guardian.email for guardian in household.guardians],
            [child.child_id for child in household.children],
            [names[child.child_id] for child in household.children],
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
