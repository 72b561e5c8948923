"""Replicas of households, activities and quotients: the newest state of each, and nothing that billing does not need."""

from uuid import UUID

from chassis.comparing import Person, first_names_apart
from chassis.data.database import Transaction
from contracts.booking.events import ActivityState
from contracts.family.events import HouseholdState, QuotientState

KEEP_HOUSEHOLD_SQL = """
insert into households as h (household_id, version, payer_name, address_lines)
values ($1, $2, $3, $4)
on conflict (household_id) do update
    set version = excluded.version, payer_name = excluded.payer_name, address_lines = excluded.address_lines
    where h.version < excluded.version
returning true
"""

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


async def keep_household(tx: Transaction, household: HouseholdState, version: int) -> None:
    """Replace what is known of a household, unless something newer is."""
    payer = next(g for g in household.guardians if g.guardian_id == household.payer_guardian_id)
    address = household.address
    is_newer = await tx.fetchval(
        KEEP_HOUSEHOLD_SQL,
        household.household_id,
        version,
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


ERASE_HOUSEHOLD_SQL = "delete from households where household_id = $1"


async def erase_household(tx: Transaction, household_id: UUID) -> None:
    """Forget a household. Its charges and invoices stay: accounts must be kept, and name only what they must."""
    await tx.execute(ERASE_HOUSEHOLD_SQL, household_id)


KEEP_ACTIVITY_SQL = """
insert into activities as a (activity_id, version, label, tariff_code) values ($1, $2, $3, $4)
on conflict (activity_id) do update
    set version = excluded.version, label = excluded.label, tariff_code = excluded.tariff_code
    where a.version < excluded.version
"""


async def keep_activity(tx: Transaction, activity: ActivityState, version: int) -> None:
    """Replace what is known of an activity, unless something newer is."""
    await tx.execute(KEEP_ACTIVITY_SQL, activity.activity_id, version, activity.label, activity.tariff_code)


ERASE_ACTIVITY_SQL = "delete from activities where activity_id = $1"


async def erase_activity(tx: Transaction, activity_id: UUID) -> None:
    """Forget an activity; lines that were invoiced keep its label."""
    await tx.execute(ERASE_ACTIVITY_SQL, activity_id)


KEEP_QUOTIENT_FILE_SQL = """
insert into quotient_files as f (household_id, version, is_to_apply) values ($1, $2, true)
on conflict (household_id) do update set version = excluded.version, is_to_apply = true
    where f.version < excluded.version
returning true
"""

FORGET_QUOTIENTS_SQL = "delete from quotients where household_id = $1"

KEEP_QUOTIENTS_SQL = """
insert into quotients (household_id, effective_on, value_cents, source)
select $1, effective_on, value_cents, source
from unnest($2::date[], $3::integer[], $4::text[]) as q(effective_on, value_cents, source)
"""


async def keep_quotients(tx: Transaction, state: QuotientState, version: int) -> None:
    """Replace the quotients of a household, unless something newer is known; the job prices its open charges again."""
    if not await tx.fetchval(KEEP_QUOTIENT_FILE_SQL, state.household_id, version):
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


ERASE_QUOTIENTS_SQL = "delete from quotient_files where household_id = $1"


async def erase_quotients(tx: Transaction, household_id: UUID) -> None:
    """Forget a household's quotients."""
    await tx.execute(ERASE_QUOTIENTS_SQL, household_id)
