"""Storage of the replicas: the newest state wins, an erased aggregate leaves nothing."""

from uuid import UUID

from chassis.comparing import Person, first_names_apart
from chassis.data.database import Transaction
from chassis.data.replicas import Replica
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountState

HOUSEHOLDS = Replica("households", "household_id", ("payer_guardian_id",))
ACCOUNTS = Replica("accounts", "account_id", ("guardian_id", "email"))
ACTIVITIES = Replica("activities", "activity_id", ("label", "units"))

FORGET_GUARDIANS_SQL = "delete from guardians where household_id = $1"

ADD_GUARDIANS_SQL = """
insert into guardians (guardian_id, household_id, civility, first_name, last_name, email, is_invited)
select guardian_id, $1, civility, first_name, last_name, email, is_invited
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
    as g(guardian_id, civility, first_name, last_name, email, is_invited)
"""

FORGET_CHILDREN_SQL = "delete from children where household_id = $1"

ADD_CHILDREN_SQL = """
insert into children (child_id, household_id, first_name)
select child_id, $1, first_name from unnest($2::uuid[], $3::text[]) as c(child_id, first_name)
"""


def child_names(state: HouseholdState) -> dict[UUID, str]:
    """The names of a household's children as mails say them: first names, told apart where two are equal."""
    return first_names_apart(
        {child.child_id: Person(child.first_name, child.last_name, child.birth_on) for child in state.children}
    )


async def keep_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    if not await HOUSEHOLDS.keep(tx, state.household_id, envelope.sequence, state.payer_guardian_id):
        return
    await tx.execute(FORGET_GUARDIANS_SQL, state.household_id)
    await tx.execute(
        ADD_GUARDIANS_SQL,
        state.household_id,
        [guardian.guardian_id for guardian in state.guardians],
        [guardian.civility for guardian in state.guardians],
        [guardian.first_name for guardian in state.guardians],
        [guardian.last_name for guardian in state.guardians],
        [guardian.email for guardian in state.guardians],
        [guardian.is_invited for guardian in state.guardians],
    )
    names = child_names(state)
    await tx.execute(FORGET_CHILDREN_SQL, state.household_id)
    await tx.execute(
        ADD_CHILDREN_SQL,
        state.household_id,
        [child.child_id for child in state.children],
        [names[child.child_id] for child in state.children],
    )


async def keep_account(tx: Transaction, state: AccountState, envelope: Envelope) -> None:
    """Replace what is known of an account, unless something newer is."""
    await ACCOUNTS.keep(tx, state.account_id, envelope.sequence, state.guardian_id, state.email)


async def keep_activity(tx: Transaction, state: ActivityState, envelope: Envelope) -> None:
    """Replace what is known of an activity, unless something newer is."""
    units = {unit.code: unit.label for unit in state.units}
    await ACTIVITIES.keep(tx, state.activity_id, envelope.sequence, state.label, units)
