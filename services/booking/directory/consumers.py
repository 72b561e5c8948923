"""Keeps the replica of households: the newest state wins, and a tombstone erases it."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.events.applying import Replica, Subscriptions
from contracts.event import Envelope
from contracts.family.events import HouseholdState

ADVANCE_HOUSEHOLD_SQL = """
insert into households as h (household_id, version) values ($1, $2)
on conflict (household_id) do update set version = excluded.version where h.version < excluded.version
returning true
"""

REPLACE_GUARDIANS_SQL = """
with gone as (delete from guardians where household_id = $1 and not guardian_id = any($2::uuid[]))
insert into guardians (guardian_id, household_id) select unnest($2::uuid[]), $1 on conflict do nothing
"""

REPLACE_CHILDREN_SQL = """
with gone as (delete from children where household_id = $1 and not child_id = any($2::uuid[]))
insert into children (child_id, household_id, first_name, last_name, birth_on)
select c.child_id, $1, c.first_name, c.last_name, c.birth_on
from unnest($2::uuid[], $3::text[], $4::text[], $5::date[]) as c(child_id, first_name, last_name, birth_on)
on conflict (child_id, household_id) do update
set first_name = excluded.first_name, last_name = excluded.last_name, birth_on = excluded.birth_on
"""

ERASE_HOUSEHOLD_SQL = "delete from households where household_id = $1"


async def replace_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Take over a household's guardians and children, unless a newer state was applied before."""
    if not await tx.fetchval(ADVANCE_HOUSEHOLD_SQL, state.household_id, envelope.sequence):
        return
    await tx.execute(REPLACE_GUARDIANS_SQL, state.household_id, [guardian.guardian_id for guardian in state.guardians])
    await tx.execute(
        REPLACE_CHILDREN_SQL,
        state.household_id,
        [child.child_id for child in state.children],
        [child.first_name for child in state.children],
        [child.last_name for child in state.children],
        [child.birth_on for child in state.children],
    )


async def erase_household(tx: Transaction, key: str) -> None:
    """Forget a household's people; bookings keep their ids alone."""
    await tx.execute(ERASE_HOUSEHOLD_SQL, UUID(key))


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to the family service's households."""
    subscriptions.on(HouseholdState, replace_household)
    subscriptions.on_erased(HouseholdState, erase_household, Replica("households", "household_id"))
