"""Storage of the replicas: the newest state wins, an erased aggregate leaves nothing."""

from typing import Any

from chassis.data.database import Transaction
from chassis.data.ranges import stored_range
from chassis.data.replicas import DatedMembers, Replica
from chassis.days import DateRange
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import DelegateState, HouseholdState, ResponsibilityState
from contracts.identity.events import AccountState

HOUSEHOLDS = Replica("households", "household_id", ("said_at", "organization"))
ADULTS = DatedMembers(
    "household_adults",
    "household_id",
    "adult_id",
    {"civility": "text", "first_name": "text", "last_name": "text", "email": "text", "is_invited": "boolean"},
)
CHILDREN = DatedMembers("household_children", "household_id", "child_id", {"name": "text"})
CUSTODY = Replica("custody", "child_id")
ACCOUNTS = Replica("accounts", "account_id", ("guardian_ids", "email", "declined"))
DELEGATES = Replica("delegates", "delegate_id", ("first_name", "last_name"))
ACTIVITIES = Replica("activities", "activity_id", ("label", "units"))


async def keep_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    if not await HOUSEHOLDS.keep(tx, state.household_id, envelope.sequence, envelope.time, _organization(state)):
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


def _organization(state: HouseholdState) -> dict[str, Any] | None:
    """What mails say of the organization whose file it is, if it is one's."""
    address = state.address
    lines = [*address.lines, f"{address.postal_code} {address.city}"] if address else []
    return {**state.organization.model_dump(), "address_lines": lines} if state.organization else None


REMOVE_RESPONSIBILITIES_SQL = "delete from responsibilities where child_id = $1"

ADD_RESPONSIBILITIES_SQL = """
insert into responsibilities (child_id, adult_id, role, authority, days)
select $1, adult_id, role, authority, range_agg(during)
from unnest($2::uuid[], $3::text[], $4::text[], $5::daterange[]) as r(adult_id, role, authority, during)
group by adult_id, role, authority
"""


async def keep_custody(tx: Transaction, state: ResponsibilityState, envelope: Envelope) -> None:
    """Replace who answers for a child, unless something newer is known."""
    if not await CUSTODY.keep(tx, state.child_id, envelope.sequence):
        return
    await tx.execute(REMOVE_RESPONSIBILITIES_SQL, state.child_id)
    items = state.responsibilities
    await tx.execute(
        ADD_RESPONSIBILITIES_SQL,
        state.child_id,
        [item.adult_id for item in items],
        [item.role for item in items],
        [item.authority for item in items],
        [stored_range(DateRange.between(item.starts_on, item.ends_on)) for item in items],
    )


async def keep_account(tx: Transaction, state: AccountState, envelope: Envelope) -> None:
    """Replace what is known of an account, unless something newer is."""
    known = (list(state.guardian_ids), state.email, list(state.declined))
    await ACCOUNTS.keep(tx, state.account_id, envelope.sequence, *known)


REPLACE_NAMES_SQL = """
with gone as (delete from delegate_names where delegate_id = $1 and delegation_id <> all($2::uuid[]))
insert into delegate_names (delegation_id, delegate_id, name, parent_name) select delegation_id, $1, name, parent_name
from unnest($2::uuid[], $3::text[], $4::text[]) as n(delegation_id, name, parent_name)
on conflict (delegation_id) do update
set delegate_id = excluded.delegate_id, name = excluded.name, parent_name = excluded.parent_name
"""


async def keep_delegate(tx: Transaction, state: DelegateState, envelope: Envelope) -> None:
    """Replace what is known of a delegate, unless something newer is."""
    if not await DELEGATES.keep(tx, state.delegate_id, envelope.sequence, state.first_name, state.last_name):
        return
    ids, names = [item.delegation_id for item in state.delegations], [item.name for item in state.delegations]
    parents = [item.parent_name for item in state.delegations]
    await tx.execute(REPLACE_NAMES_SQL, state.delegate_id, ids, names, parents)


async def keep_activity(tx: Transaction, state: ActivityState, envelope: Envelope) -> None:
    """Replace what is known of an activity, unless something newer is."""
    units = {unit.code: unit.label for unit in state.units}
    await ACTIVITIES.keep(tx, state.activity_id, envelope.sequence, state.label, units)
