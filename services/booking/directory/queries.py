"""Who may act for whom, read from the replica."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Queries, Row
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.types import ActorKind

HOUSEHOLDS_OF_GUARDIAN_SQL = "select household_id from guardians where guardian_id = $1 order by household_id"


async def households_of(queries: Queries, guardian_id: UUID) -> list[UUID]:
    """The households that this guardian answers for; empty when the replica knows none (yet)."""
    return [row["household_id"] for row in await queries.fetch(HOUSEHOLDS_OF_GUARDIAN_SQL, guardian_id)]


CHILD_SQL = """
select c.household_id, c.birth_on from children c
where c.child_id = $1 and ($2::uuid is null or exists (
    select 1 from guardians g where g.guardian_id = $2 and g.household_id = c.household_id
))
order by c.household_id limit 1
"""


async def child_for(queries: Queries, actor: Actor, child_id: UUID) -> Row | None:
    """`household_id` and `birth_on` of a child; None when it is not there for this actor.

    A guardian may act for the children of their own household alone, an agent for any.
    """
    if actor.kind is not ActorKind.PARENT:
        return await queries.fetchrow(CHILD_SQL, child_id, None)
    return await queries.fetchrow(CHILD_SQL, child_id, actor.require_guardian())


async def household_for(queries: Queries, actor: Actor, household_id: UUID | None) -> UUID:
    """The household that a request is about: the one named if the actor may see it, a guardian's own by default.

    Raises:
        Invalid: an agent named no household.
        NotFound: it is not one of this guardian's, or they have none.
    """
    if actor.kind is not ActorKind.PARENT:
        if household_id is None:
            raise Invalid(FieldRefusal("/household_id", "missing"))
        return household_id
    own = await households_of(queries, actor.require_guardian())
    if household_id is None and own:
        return own[0]
    if household_id in own and household_id is not None:
        return household_id
    raise NotFound
