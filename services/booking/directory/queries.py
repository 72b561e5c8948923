"""Who may act for whom, read from the replica."""

from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.types import ActorKind

from ..access import CHILD, HOUSEHOLD

CHILD_SQL = reaching(
    """
select c.household_id, c.birth_on from children c
where c.child_id = $4 and {is_reached} and {is_answered_for}
order by c.household_id limit 1
""",
    is_reached=HOUSEHOLD.of("c.household_id"),
    is_answered_for=CHILD.of("c.child_id"),
)


async def child_for(queries: Database | Transaction, actor: Actor, child_id: UUID) -> Row | None:
    """`household_id` and `birth_on` of a child; None when it is not there for this actor."""
    return await queries.fetchrow(CHILD_SQL, *reach_of(actor, await queries.today()), child_id)


REACHES_HOUSEHOLD_SQL = reaching(" select {is_reached}", is_reached=HOUSEHOLD.of("$4::uuid"))

OWN_HOUSEHOLD_SQL = reaching(
    """
select household_id from households h where {is_reached} order by household_id limit 1
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)


async def household_for(queries: Database | Transaction, actor: Actor, household_id: UUID | None) -> UUID:
    """The household that a request is about: the one named if the actor reaches it, a guardian's own by default.

    Raises:
        Invalid: an agent named no household.
        NotFound: it is not one of this guardian's, or they have none.
    """
    if household_id is None and actor.kind is not ActorKind.PARENT:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    if household_id is None:
        household_id = await queries.fetchval(OWN_HOUSEHOLD_SQL, *reach_of(actor, await queries.today()))
    elif not await queries.fetchval(REACHES_HOUSEHOLD_SQL, *reach_of(actor, await queries.today()), household_id):
        raise NotFound
    if household_id is None:
        raise NotFound
    return household_id
