"""Whose household and child is it: what ownership checks of the other areas ask of the replicas."""

from collections.abc import Sequence
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Transaction
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.types import ActorKind

from ..access import HOUSEHOLD

REACHES_HOUSEHOLD_SQL = reaching(" select {is_reached}", is_reached=HOUSEHOLD.of("$4::uuid"))


async def require_access(queries: Database | Transaction, actor: Actor, household_id: UUID) -> None:
    """Refuse with `NotFound` a parent of another household."""
    if not await queries.fetchval(REACHES_HOUSEHOLD_SQL, *reach_of(actor, await queries.today()), household_id):
        raise NotFound


OWN_HOUSEHOLD_SQL = reaching(
    """
select household_id from households h where {is_reached} order by household_id limit 1
""",
    is_reached=HOUSEHOLD.of("h.household_id"),
)


async def household_for(queries: Database | Transaction, actor: Actor, household_id: UUID | None) -> UUID:
    """The household that a request is about: the one named, a parent's own by default.

    Raises:
        NotFound: it is not one of this parent's, or they have none.
        Invalid: an agent named none.
    """
    if household_id is not None:
        await require_access(queries, actor, household_id)
        return household_id
    if actor.kind is not ActorKind.PARENT:
        raise Invalid(FieldRefusal("/household_id", "missing"))
    own: UUID | None = await queries.fetchval(OWN_HOUSEHOLD_SQL, *reach_of(actor, await queries.today()))
    if own is None:
        raise NotFound
    return own


CHILDREN_SQL = reaching(
    """
select distinct on (c.child_id) c.child_id, c.household_id
from household_children c
where c.child_id = any($4::uuid[]) and {is_reached}
order by c.child_id, c.household_id
""",
    is_reached=HOUSEHOLD.of("c.household_id"),
)


async def household_of_children(
    queries: Database | Transaction, actor: Actor, child_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """The household of each child as this actor sees it; refuses with `NotFound` a child that is none of theirs."""
    wanted = set(child_ids)
    rows = await queries.fetch(CHILDREN_SQL, *reach_of(actor, await queries.today()), list(wanted))
    household_ids = {row["child_id"]: row["household_id"] for row in rows}
    if household_ids.keys() != wanted:
        raise NotFound
    return household_ids


EMAIL_SQL = "select email from household_adults where household_id = $1 and adult_id = $2"


async def email_of(queries: Database | Transaction, household_id: UUID, guardian_id: UUID) -> str | None:
    """Where a guardian of a household reads their mail, if it is known."""
    email: str | None = await queries.fetchval(EMAIL_SQL, household_id, guardian_id)
    return email
