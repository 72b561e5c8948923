"""Who may act for whom, read from the replica."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Queries, Row
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.types import ActorKind

from ..errors import HouseholdAmbiguous

HOUSEHOLDS_OF_GUARDIAN_SQL = """
select household_id, h.reference from guardians join households h using (household_id)
where guardian_id = $1 order by household_id
"""


async def households_of(queries: Queries, guardian_id: UUID) -> dict[UUID, str]:
    """The households that this guardian answers for, with their references; empty when the replica knows none (yet)."""
    rows = await queries.fetch(HOUSEHOLDS_OF_GUARDIAN_SQL, guardian_id)
    return {row["household_id"]: row["reference"] for row in rows}


CHILD_SQL = """
select c.household_id, c.birth_on, h.reference from children c join households h using (household_id)
where c.child_id = $1 and ($2::uuid is null or c.household_id = $2) and ($3::uuid is null or exists (
    select 1 from guardians g where g.guardian_id = $3 and g.household_id = c.household_id
))
order by c.household_id
"""


async def child_for(queries: Queries, actor: Actor, child_id: UUID, household_id: UUID | None) -> Row | None:
    """`household_id` and `birth_on` of a child in the household named; None when it is not there for this actor.

    A guardian may act for the children of their own households alone, an agent for any.

    Raises:
        HouseholdAmbiguous: no household was named, and the child is in several for this actor.
    """
    guardian_id = actor.require_guardian() if actor.kind is ActorKind.PARENT else None
    homes = await queries.fetch(CHILD_SQL, child_id, household_id, guardian_id)
    if len(homes) > 1:
        raise HouseholdAmbiguous.between({home["household_id"]: home["reference"] for home in homes})
    return homes[0] if homes else None


async def household_for(queries: Queries, actor: Actor, household_id: UUID | None) -> UUID:
    """The household that a request is about: the one named if the actor may see it, a guardian's only one by default.

    Raises:
        Invalid: an agent named no household.
        HouseholdAmbiguous: no more did a guardian of several.
        NotFound: it is not one of this guardian's, or they have none.
    """
    if actor.kind is not ActorKind.PARENT:
        if household_id is None:
            raise Invalid(FieldRefusal("/household_id", "missing"))
        return household_id
    own = await households_of(queries, actor.require_guardian())
    if household_id is None and len(own) > 1:
        raise HouseholdAmbiguous.between(own)
    if household_id is None and own:
        return next(iter(own))
    if household_id in own and household_id is not None:
        return household_id
    raise NotFound
