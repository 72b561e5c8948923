"""Storage of the replicas: the newest state wins, an erased aggregate leaves nothing."""

from chassis.data.database import Transaction
from chassis.data.replicas import DatedMembers, Replica
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountState

HOUSEHOLDS = Replica("households", "household_id", ("said_at",))
ADULTS = DatedMembers(
    "household_adults",
    "household_id",
    "adult_id",
    {"civility": "text", "first_name": "text", "last_name": "text", "email": "text", "is_invited": "boolean"},
)
CHILDREN = DatedMembers("household_children", "household_id", "child_id", {"name": "text"})
ACCOUNTS = Replica("accounts", "account_id", ("guardian_id", "email"))
ACTIVITIES = Replica("activities", "activity_id", ("label", "units"))


async def keep_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    if not await HOUSEHOLDS.keep(tx, state.household_id, envelope.sequence, envelope.time):
        return
    await ADULTS.replace(
        tx,
        state.household_id,
        [(member.person_id, member) for member in state.adult_members],
        {
            adult.adult_id: (adult.civility, adult.first_name, adult.last_name, adult.email, adult.is_invited)
            for adult in state.adults
        },
    )
    await CHILDREN.replace(
        tx,
        state.household_id,
        [(child.person_id, child) for child in state.child_members],
        {child.person_id: (child.name,) for child in state.child_members},
    )


async def keep_account(tx: Transaction, state: AccountState, envelope: Envelope) -> None:
    """Replace what is known of an account, unless something newer is."""
    await ACCOUNTS.keep(tx, state.account_id, envelope.sequence, state.guardian_id, state.email)


async def keep_activity(tx: Transaction, state: ActivityState, envelope: Envelope) -> None:
    """Replace what is known of an activity, unless something newer is."""
    units = {unit.code: unit.label for unit in state.units}
    await ACTIVITIES.keep(tx, state.activity_id, envelope.sequence, state.label, units)
