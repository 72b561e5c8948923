"""The replica of households: the newest state wins, and a tombstone erases it."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.replicas import Replica
from chassis.events.applying import Subscriptions
from contracts.event import Envelope
from contracts.family.events import HouseholdState

HOUSEHOLDS = Replica("households", "household_id", ("reference",))
"""Bookings keep ids alone when a household is erased, enrollments what was decided and not the words that an agent found for it."""

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


async def replace_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Take over a household's guardians and children, unless a newer state was applied before."""
    if not await HOUSEHOLDS.keep(tx, state.household_id, envelope.sequence, state.reference):
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


FORGET_REASONS_SQL = "update enrollments set reason = null where household_id = $1 and reason is not null"


async def erase_household(tx: Transaction, key: str) -> None:
    """Forget a household, and what was written about it."""
    await HOUSEHOLDS.forget(tx, key)
    await tx.execute(FORGET_REASONS_SQL, UUID(key))


def subscribe(subscriptions: Subscriptions) -> None:
    subscriptions.on(HouseholdState, replace_household)
    subscriptions.on_erased(HouseholdState, erase_household, HOUSEHOLDS)
