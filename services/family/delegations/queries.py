"""Delegations as the household that gave them, agents, and whoever holds them see them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from chassis.actor import Actor
from chassis.comparing import Person, first_names_apart
from chassis.data.database import Database, Queries, Transaction
from chassis.data.paging import page_of, read_id
from contracts.family import delegations as models
from contracts.http import PAGE_SIZE, Page
from contracts.types import ActorKind

from ..households.queries import household_id_for, kept_from
from . import store
from .domain import ACCOUNT_KEPT, Delegation, as_of

DELEGATIONS_SQL = """
select delegation_id, household_id, parent_id, delegate_id, first_name, last_name, email, child_ids, acts, begins_on, ends_on, given_at,
       left_child_ids, ending, ended_at, end_reason
from delegations
where household_id = $1 and ($2::uuid is null or delegation_id < $2)
order by delegation_id desc limit $3
"""


async def household_delegations(
    db: Database, actor: Actor, household_id: UUID | None, cursor: str | None
) -> Page[models.Delegation]:
    """The delegations of a household that the actor reaches, the newest first; of children whom a decision keeps from them, nothing.
    Raises like `household_id_for`."""
    today = await db.today()
    home = await household_id_for(db, actor, household_id, today)
    rows = await db.fetch(DELEGATIONS_SQL, home, read_id(cursor), PAGE_SIZE + 1)
    known = [await as_of_today(db, store.delegation_of(row)) for row in rows]
    page = page_of(await _answers(db, actor, known), lambda item: (item.delegation_id,), PAGE_SIZE)
    hidden = await kept_from(db, actor, today)
    items = [_without(item, hidden) for item in page.items]
    return Page(
        items=tuple(item for item in items if item.children or item.left_children), next_cursor=page.next_cursor
    )


def _without(item: models.Delegation, hidden: Collection[UUID]) -> models.Delegation:
    children, left = [
        tuple(child for child in of if child.child_id not in hidden) for of in (item.children, item.left_children)
    ]
    return item.model_copy(update={"children": children, "left_children": left})


HELD_SQL = """
select delegation_id, household_id, parent_id, delegate_id, first_name, last_name, email, child_ids, acts, begins_on, ends_on, given_at,
       left_child_ids, ending, ended_at, end_reason
from delegations
where delegate_id = $1 and (ended_at is null or ended_at > $2) and ($3::uuid is null or delegation_id < $3)
order by delegation_id desc limit $4
"""


async def held_delegations(db: Database, actor: Actor, cursor: str | None) -> Page[models.HeldDelegation]:
    """What whoever asks may do for families, the newest first, and what ended lately. Raises Forbidden."""
    since = await db.now() - ACCOUNT_KEPT
    rows = await db.fetch(HELD_SQL, actor.require_holder(), since, read_id(cursor), PAGE_SIZE + 1)
    held = [await held_answer(db, store.delegation_of(row)) for row in rows]
    return page_of(held, lambda item: (item.delegation_id,), PAGE_SIZE)


async def as_of_today(db: Database | Transaction, known: Delegation) -> Delegation:
    """A delegation with what has ended or narrowed it by today, also what no job has written yet."""
    if known.end is not None:
        return known
    today = await db.today()
    return as_of(known, await store.load_standing(db, known, today), today, await db.now())


async def answer(db: Queries, actor: Actor, known: Delegation) -> models.Delegation:
    """A delegation as its household, or an agent, sees it."""
    return (await _answers(db, actor, [known]))[0]


NAMES_SQL = """
select person_id, first_name, last_name, birth_on from (
    select child_id as person_id, first_name, last_name, birth_on from children
    union all select adult_id, first_name, last_name, null from adults
) people where person_id = any($1::uuid[])
"""

PARENT_NAME_SQL = "select first_name from adults where adult_id = $1"


async def _answers(db: Queries, actor: Actor, known: Sequence[Delegation]) -> list[models.Delegation]:
    ids = {person_id for item in known for person_id in (item.parent_id, *item.child_ids, *item.left_child_ids)}
    people = await _people(db, ids)
    return [
        models.Delegation(
            delegation_id=item.delegation_id,
            household_id=item.household_id,
            parent_id=item.parent_id,
            parent_name=_full_name(people.get(item.parent_id)),
            delegate_id=item.delegate_id if actor.kind is ActorKind.AGENT else None,
            first_name=item.first_name,
            last_name=item.last_name,
            email=item.email,
            children=_children(item.child_ids, people),
            left_children=_children(item.left_child_ids, people),
            acts=item.acts,
            given_at=item.given_at,
            ends_on=item.ends_on,
            end=item.end,
            ended_at=item.ended_at,
            end_reason=item.end_reason,
        )
        for item in known
    ]


async def _people(db: Queries, ids: Iterable[UUID]) -> dict[UUID, Person]:
    rows = await db.fetch(NAMES_SQL, list(ids))
    return {row["person_id"]: Person(row["first_name"], row["last_name"], row["birth_on"]) for row in rows}


def _full_name(person: Person | None) -> str:
    return f"{person.first_name} {person.last_name}" if person else ""


def _children(child_ids: Iterable[UUID], people: Mapping[UUID, Person]) -> tuple[models.DelegatedChild, ...]:
    """Children by first name, and by as much more as tells those of one delegation apart."""
    names = first_names_apart({child_id: people.get(child_id, Person("", "")) for child_id in child_ids})
    return tuple(models.DelegatedChild(child_id=child_id, first_name=name) for child_id, name in names.items())


async def held_answer(db: Database | Transaction, held: Delegation) -> models.HeldDelegation:
    """A delegation as whoever holds it sees it: while it lasts, with the children whom its parent answers for today."""
    today = await db.today()
    ground = await store.load_ground(db, held.household_id, held.parent_id, today)
    known = await as_of_today(db, held)
    child_ids = [child_id for child_id in known.child_ids if known.end is not None or child_id in ground.answered_for]
    return models.HeldDelegation(
        delegation_id=known.delegation_id,
        parent_first_name=await db.fetchval(PARENT_NAME_SQL, known.parent_id) or "",
        children=_children(child_ids, await _people(db, child_ids)),
        acts=known.acts,
        ends_on=known.ends_on,
        end=known.end,
        ended_at=known.ended_at,
    )
