"""Whose household and child is it: what ownership checks of the other areas ask of the replicas."""

from collections.abc import Sequence
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries, Transaction
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.types import ActorKind

HOUSEHOLDS_OF_GUARDIAN_SQL = """
select household_id from household_adults where adult_id = $1 and days @> $2::date order by household_id
"""


async def households_of(queries: Database | Transaction, actor: Actor) -> list[UUID]:
    """The households that this parent is a guardian of."""
    rows = await queries.fetch(HOUSEHOLDS_OF_GUARDIAN_SQL, actor.require_guardian(), await queries.today())
    return [row["household_id"] for row in rows]


async def require_access(queries: Database | Transaction, actor: Actor, household_id: UUID) -> None:
    """Refuse with `NotFound` a parent of another household."""
    if actor.kind is ActorKind.PARENT and household_id not in await households_of(queries, actor):
        raise NotFound


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
    own = await households_of(queries, actor)
    if not own:
        raise NotFound
    return own[0]


CHILDREN_SQL = """
select distinct on (c.child_id) c.child_id, c.household_id
from household_children c
where c.child_id = any($1::uuid[])
  and ($2::uuid is null or exists (
      select from household_adults a where a.household_id = c.household_id and a.adult_id = $2 and a.days @> $3::date))
order by c.child_id, c.household_id
"""


async def household_of_children(
    queries: Database | Transaction, actor: Actor, child_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """The household of each child as this actor sees it; refuses with `NotFound` a child that is none of theirs."""
    guardian_id = actor.require_guardian() if actor.kind is ActorKind.PARENT else None
    wanted = set(child_ids)
    rows = await queries.fetch(CHILDREN_SQL, wanted, guardian_id, await queries.today())
    household_ids = {row["child_id"]: row["household_id"] for row in rows}
    if household_ids.keys() != wanted:
        raise NotFound
    return household_ids


EMAIL_SQL = "select email from household_adults where household_id = $1 and adult_id = $2"


async def email_of(queries: Queries, household_id: UUID, guardian_id: UUID) -> str | None:
    """Where a guardian of a household reads their mail, if it is known."""
    email: str | None = await queries.fetchval(EMAIL_SQL, household_id, guardian_id)
    return email
