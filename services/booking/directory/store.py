"""Replicas of households, children and custody, and what is derived from them: who may act for which child, in which household."""

from collections.abc import Collection
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.data.idempotency import forget_answers
from chassis.data.ranges import stored_range
from chassis.data.replicas import DatedMembers, Replica
from chassis.days import DateRange
from chassis.documents import issuing
from contracts.event import Envelope
from contracts.family.events import ChildState, HouseholdState, ResponsibilityState
from contracts.family.school_events import SchoolingState

from ..care.store import forget_care
from ..following.store import keep_merged

HOUSEHOLDS = Replica("households", "household_id", ("reference",))
"""Bookings keep ids alone when a household is erased, enrollments what was decided and not the words that an agent found for it."""
ADULTS = DatedMembers("household_adults", "household_id", "adult_id")
CHILDREN_OF = DatedMembers("household_children", "household_id", "child_id")
CHILDREN = Replica("child_records", "child_id", ("first_name", "last_name", "birth_on"))
CUSTODY = Replica("custody", "child_id")
SCHOOLINGS = Replica("schooling_records", "child_id")


async def keep_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    """Replace what is known of a household, unless something newer is."""
    await _take_turn(tx, {child.person_id for child in state.child_members}, state.household_id)
    if not await HOUSEHOLDS.keep(tx, state.household_id, envelope.sequence, state.reference):
        return
    await keep_merged(tx, state)
    adults = [(member.person_id, member) for member in state.adult_members]
    await ADULTS.replace(tx, state.household_id, adults)
    await CHILDREN_OF.replace(tx, state.household_id, [(child.person_id, child) for child in state.child_members])
    await _derive(tx, household_id=state.household_id)


async def forget_household(tx: Transaction, key: str) -> None:
    """Forget a household, and what was written about it."""
    household_id = UUID(key)
    await HOUSEHOLDS.forget(tx, key)
    await tx.execute(FORGET_REASONS_SQL, household_id)
    await tx.execute(FORGET_DELEGATIONS_SQL, household_id)
    await forget_changes(tx, [household_id])
    await issuing.forget(tx, [household_id])
    await forget_answers(tx, household_id)


# Who and when stay; an end without words has none to say.
FORGET_REASONS_SQL = """
update enrollments set reason = null, end_reason = case when ended_at is not null then '' end
where household_id = $1 and (reason is not null or end_reason is not null)
"""


FORGET_DELEGATIONS_SQL = "delete from delegations where household_id = $1"


async def keep_child(tx: Transaction, state: ChildState, envelope: Envelope) -> None:
    """Replace what is known of a child, unless something newer is."""
    await CHILDREN.keep(tx, state.child_id, envelope.sequence, state.first_name, state.last_name, state.birth_on)


async def forget_child(tx: Transaction, key: str) -> None:
    """Forget a child's civil status, what it needs in care, and the answers that name it."""
    await CHILDREN.forget(tx, key)
    await forget_care(tx, UUID(key))
    await issuing.forget(tx, [UUID(key)])
    await forget_answers(tx, UUID(key))


REMOVE_RESPONSIBILITIES_SQL = "delete from responsibilities where child_id = $1"

ADD_RESPONSIBILITIES_SQL = """
insert into responsibilities (child_id, adult_id, role, authority, days)
select $1, adult_id, role, authority, range_agg(during)
from unnest($2::uuid[], $3::text[], $4::text[], $5::daterange[]) as r(adult_id, role, authority, during)
group by adult_id, role, authority
"""


async def keep_custody(tx: Transaction, state: ResponsibilityState, envelope: Envelope) -> None:
    """Replace who answers for a child, unless something newer is known."""
    await _take_turn(tx, [state.child_id])
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
    await _derive(tx, child_id=state.child_id)


REMOVE_SCHOOLINGS_SQL = "delete from child_schoolings where child_id = $1"

ADD_SCHOOLINGS_SQL = """
insert into child_schoolings (child_id, starts_on, ends_on, level, school_code, class_label)
select $1, * from unnest($2::date[], $3::date[], $4::text[], $5::text[], $6::text[])
"""


async def keep_schooling(tx: Transaction, state: SchoolingState, envelope: Envelope) -> None:
    """Replace where a child goes to school, unless something newer is known."""
    if not await SCHOOLINGS.keep(tx, state.child_id, envelope.sequence):
        return
    await tx.execute(REMOVE_SCHOOLINGS_SQL, state.child_id)
    items = state.schoolings
    await tx.execute(
        ADD_SCHOOLINGS_SQL,
        state.child_id,
        [item.starts_on for item in items],
        [item.ends_on for item in items],
        [item.level for item in items],
        [item.school_code for item in items],
        [item.class_label for item in items],
    )


TAKE_TURN_SQL = """
select pg_advisory_xact_lock(hashtextextended(child_id::text, 0)) from (
    select unnest($1::uuid[]) as child_id
    union select child_id from household_children where household_id = $2 order by child_id
) child
"""


async def _take_turn(tx: Transaction, child_ids: Collection[UUID], household_id: UUID | None = None) -> None:
    """Wait for whoever derives something of these children from another topic, and of those whom the household had until now: neither
    would see what the other wrote."""
    await tx.execute(TAKE_TURN_SQL, list(child_ids), household_id)


REMOVE_DERIVED_SQL = "delete from guardianships where household_id = $1 or child_id = $2"

# Authority of neither, and roles about fetching a child, let nobody decide; a role that this release does not know neither.
DERIVE_SQL = """
insert into guardianships (household_id, adult_id, child_id, days)
select a.household_id, a.adult_id, c.child_id, range_agg(shared.days)
from household_adults a
join household_children c on c.household_id = a.household_id
join responsibilities r on r.adult_id = a.adult_id and r.child_id = c.child_id
    and r.role in ('guardian', 'caretaker') and r.authority <> 'none'
cross join lateral (select a.days * c.days * r.days as days) shared
where (a.household_id = $1 or c.child_id = $2) and not isempty(shared.days)
group by a.household_id, a.adult_id, c.child_id
"""


async def _derive(tx: Transaction, household_id: UUID | None = None, child_id: UUID | None = None) -> None:
    """Work out anew who may act for whom in a household, or for a child."""
    await tx.execute(REMOVE_DERIVED_SQL, household_id, child_id)
    await tx.execute(DERIVE_SQL, household_id, child_id)
