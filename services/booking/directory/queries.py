"""Who may act for whom, and in which class children are, read from the replicas."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from chassis.access import household_among, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.ranges import stored_range
from chassis.days import DateRange
from chassis.refusal import FieldRefusal, HouseholdAmbiguous, Invalid, NotFound
from contracts.types import ActorKind

from ..access import ACTS_FOR, CHILD, HOUSEHOLD, reads

ACTS_FOR_CHILD = ACTS_FOR.format(
    adult="actor.guardian_id",
    child="c.child_id",
    household="c.household_id",
    today="actor.today",
    on="&& $6::daterange",
)

CHILD_SQL = reaching(
    """
select c.household_id, c.birth_on, c.days, h.reference from actor
cross join children c join households h using (household_id)
where c.child_id = $4 and ($5::uuid is null or c.household_id = $5) and c.days && $6::daterange
  and (actor.guardian_id is null or {acts_for}) and {is_reached}
order by c.household_id
""",
    acts_for=ACTS_FOR_CHILD,
    is_reached=CHILD.of("c.child_id"),
)


async def child_for(
    queries: Database | Transaction, actor: Actor, child_id: UUID, household_id: UUID | None, on: DateRange
) -> Row | None:
    """`household_id`, `birth_on` and the `days` of a child in the household named, to which it belongs on one of the days `on`;
    None when it is not there for this actor.

    Raises:
        HouseholdAmbiguous: no household was named, and the child is in several for this actor.
    """
    reach = reach_of(actor, await queries.today())
    homes = await queries.fetch(CHILD_SQL, *reach, child_id, household_id, stored_range(on))
    if len(homes) > 1:
        raise HouseholdAmbiguous.between({home["household_id"]: home["reference"] for home in homes})
    return homes[0] if homes else None


REACHES_HOUSEHOLD_SQL = reaching(" select {is_reached}", is_reached=HOUSEHOLD.of("$4::uuid"))

OWN_HOUSEHOLDS_SQL = reaching(
    """
select household_id, h.reference from households h where {is_reached} order by household_id
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)


async def household_for(queries: Database | Transaction, actor: Actor, household_id: UUID | None) -> UUID:
    """The household that a request is about: the one named if the actor reaches it, a guardian's only one by default.

    Raises:
        Invalid: an agent named no household.
        HouseholdAmbiguous: no more did a guardian of several.
        NotFound: it is not one of this guardian's, or they have none.
    """
    reach = reach_of(actor, await queries.today())
    if household_id is not None:
        if not await queries.fetchval(REACHES_HOUSEHOLD_SQL, *reach, household_id):
            raise NotFound
        return household_id
    if actor.kind is not ActorKind.PARENT:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    own = await queries.fetch(OWN_HOUSEHOLDS_SQL, *reach)
    return household_among({row["household_id"]: row["reference"] for row in own})


UNREAD_SQL = reaching(
    """
select c.child_id from household_children c where c.household_id = $4 and not {is_read}
""",
    is_read=reads("c.child_id", "c.household_id"),
)


async def unread_children(queries: Queries, actor: Actor, household_id: UUID, today: date) -> set[UUID]:
    """The children of a household whose days the actor does not read."""
    return {row["child_id"] for row in await queries.fetch(UNREAD_SQL, *reach_of(actor, today), household_id)}


CLASSES_SQL = """
select child_id, class_label from child_schoolings
where child_id = any($1::uuid[]) and $2 between starts_on and ends_on and class_label is not null
"""


async def classes_on(queries: Queries, child_ids: Collection[UUID], day: date) -> dict[UUID, str]:
    """The classes of those of these children who are in one on a day, by their names."""
    return {row["child_id"]: row["class_label"] for row in await queries.fetch(CLASSES_SQL, list(child_ids), day)}
