"""Saying who is around children, correcting it, ending it, and whom to call first."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.child_events import EntourageKind
from contracts.family.entourage import (
    Entourage,
    EntourageAdded,
    EntourageChange,
    EntourageCreate,
    EntourageFields,
    EntourageOrder,
    EntouragePerson,
)
from contracts.types import ActorKind

from ..adapters.contents import Contents
from ..care.store import publish_care
from ..documents.commands import taken
from ..errors import EntourageKeptByTown, EntourageOutdated
from ..health.commands import hold
from ..people.domain import single_spaced
from ..people.store import lock_child
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import Around, Person, Rules

ACTIONS: Final = {"added": "entourage_added", "changed": "entourage_changed", "ended": "entourage_ended"}
FORBIDDEN_ACTIONS: Final = {"added": "forbidden_added", "changed": "forbidden_changed", "ended": "forbidden_ended"}


@command
async def add(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: EntourageCreate
) -> EntourageAdded:
    """Say who is around children. Raises NotFound, EntourageKeptByTown, Invalid."""
    if (known := await claim.replay(tx, EntourageAdded)) is not None:
        return known
    _check_kind(actor, request.kind)
    child_ids = sorted(set(request.child_ids))
    await _hold_all(tx, actor, child_ids)
    person = _person(request, await tx.today())
    contact_id = new_id()
    around = {child_id: await store.load_around(tx, child_id) for child_id in child_ids}
    await _check(tx, rules, request.kind, person, around.values())
    rows = [
        Around(contact_id, child_id, request.kind, domain.next_rank(around[child_id], request.kind), person)
        for child_id in child_ids
        if not _full(around[child_id], request.kind)
    ]
    for row in rows:
        await store.save_around(tx, row)
        await _tell(tx, actor, "added", row)
    return await claim.keep(tx, EntourageAdded(contact_id=contact_id))


@command
async def change(
    tx: Transaction, actor: Actor, rules: FamilyRules, contact_id: UUID, request: EntourageChange
) -> EntouragePerson:
    """Correct somebody around the children whom the actor reaches. What is so already changes nothing, and is noted nowhere.

    Raises:
        NotFound, EntourageKeptByTown, EntourageOutdated, Invalid.
    """
    known = await _hold_contact(tx, actor, contact_id, request.child_ids)
    kind, child_ids = known[0].kind, sorted(set(request.child_ids))
    person = _person(request, known[0].person.starts_on)
    before = {row.child_id: row for row in known}
    if child_ids == sorted(before) and all(row.person == person for row in known):
        return queries.answer(known[0], known)
    if request.version != domain.version(known):
        raise EntourageOutdated
    around = {child_id: await store.load_around(tx, child_id) for child_id in child_ids}
    await _check(tx, rules, kind, person, around.values())
    for child_id in child_ids:
        if child_id not in before:
            _full(around[child_id], kind)
    rows = []
    for child_id in child_ids:
        former = before.get(child_id)
        rank = former.rank if former else domain.next_rank(around[child_id], kind)
        rows.append(Around(contact_id, child_id, kind, rank, person, known[0].has_portrait))
        await store.save_around(tx, rows[-1])
        if former is None or former.person != person:
            await _tell(tx, actor, "changed" if former else "added", rows[-1], former)
    # Last: a picture goes with the last child whom its person is around.
    gone = [row for row in known if row.child_id not in child_ids]
    await store.remove_around(tx, contact_id, [row.child_id for row in gone])
    for row in gone:
        await _tell(tx, actor, "ended", row)
    return queries.answer(rows[0], rows)


@command
async def end(tx: Transaction, actor: Actor, contact_id: UUID, version: str) -> None:
    """Take somebody off the lists of the children whom the actor reaches. Raises NotFound, EntourageKeptByTown, EntourageOutdated."""
    known = await _hold_contact(tx, actor, contact_id)
    if version != domain.version(known):
        raise EntourageOutdated
    await store.remove_around(tx, contact_id, [row.child_id for row in known])
    for row in known:
        await _tell(tx, actor, "ended", row)


@command
async def order(
    tx: Transaction, actor: Actor, rules: FamilyRules, child_id: UUID, request: EntourageOrder
) -> Entourage:
    """Say whom to call first. Raises NotFound, EntourageOutdated."""
    await hold(tx, actor, child_id)
    around = await store.load_around(tx, child_id)
    if not domain.is_order_of(around, request.contact_ids):
        raise EntourageOutdated
    called = [row for row in domain.visible(around, sees_forbidden=True) if row.kind is EntourageKind.EMERGENCY]
    if [row.contact_id for row in called] != request.contact_ids:
        await store.save_order(tx, child_id, request.contact_ids)
        tx.note(Act(actor, "entourage_ordered", child_id))
        await publish_care(tx, child_id)
    return await queries.read_entourage(tx, actor, rules, child_id)


async def keep_portrait(db: Database, actor: Actor, contents: Contents, contact_id: UUID, content: bytes) -> None:
    """Keep a picture of who may collect a child. The work on it is done before anything is held.

    Raises:
        NotFound, EntourageKeptByTown, Busy.
        Invalid: it is not kept, and why, or whether it is safe is not known; who it is of does not collect the child.
    """
    _check_portrayed(actor, await queries.reached(db, actor, await store.load_contact(db, contact_id)))
    picture = await taken(contents, content, is_portrait=True)
    await _keep_portrait(db, actor, contact_id, picture.content)


@command
async def _keep_portrait(tx: Transaction, actor: Actor, contact_id: UUID, picture: bytes) -> None:
    known = await _hold_portrayed(tx, actor, contact_id)
    if await store.load_portrait(tx, contact_id) != picture:
        await store.save_portrait(tx, contact_id, picture)
        await _tell_portrait(tx, actor, known, is_kept=True)


@command
async def remove_portrait(tx: Transaction, actor: Actor, contact_id: UUID) -> None:
    """Delete the picture of somebody; where there is none, it is gone already. Raises NotFound, EntourageKeptByTown."""
    known = await _hold_portrayed(tx, actor, contact_id)
    if known[0].has_portrait:
        await store.remove_portrait(tx, contact_id)
        await _tell_portrait(tx, actor, known, is_kept=False)


async def _hold_portrayed(tx: Transaction, actor: Actor, contact_id: UUID) -> list[Around]:
    """Who may collect a child, as the children have them whom the actor reaches; all who have them are held. Raises NotFound, EntourageKeptByTown, Invalid."""
    for row in await store.load_contact(tx, contact_id):
        await lock_child(tx, row.child_id)
    known = await queries.reached(tx, actor, await store.load_contact(tx, contact_id))
    _check_portrayed(actor, known)
    return known


def _check_portrayed(actor: Actor, known: Sequence[Around]) -> None:
    if not known:
        raise NotFound
    _check_kind(actor, known[0].kind)
    if known[0].kind not in domain.COLLECTING:
        raise Invalid(FieldRefusal("/content", "portrait_of_others"))


async def _tell_portrait(tx: Transaction, actor: Actor, known: Sequence[Around], *, is_kept: bool) -> None:
    """Note it with the children whom the actor reaches, and have the sites of all know."""
    action = "portrait_kept" if is_kept else "portrait_removed"
    for row in known:
        name = f"{row.person.first_name} {row.person.last_name}"
        tx.note(Act(actor, action, row.child_id, after={"kind": row.kind.value, "name": name}))
    for row in await store.load_contact(tx, known[0].contact_id):
        await publish_care(tx, row.child_id)


def _check_kind(actor: Actor, kind: EntourageKind) -> None:
    if kind not in domain.BY_FAMILIES and actor.kind is ActorKind.PARENT:
        raise EntourageKeptByTown


def _full(around: Sequence[Around], kind: EntourageKind) -> bool:
    if domain.is_full(around, kind):
        raise Invalid(FieldRefusal("/child_ids", "entourage_full", (("count", domain.PEOPLE_MAX),)))
    return False


async def _hold_all(tx: Transaction, actor: Actor, child_ids: Sequence[UUID]) -> None:
    """Hold children in the order of their ids. Raises NotFound: the actor does not reach one of them."""
    for child_id in child_ids:
        await hold(tx, actor, child_id)


async def _hold_contact(tx: Transaction, actor: Actor, contact_id: UUID, also: Collection[UUID] = ()) -> list[Around]:
    """Somebody as the children have them whom the actor reaches, and these children held, with others. Raises NotFound, EntourageKeptByTown."""
    seen = await queries.reached(tx, actor, await store.load_contact(tx, contact_id))
    if not seen:
        raise NotFound
    _check_kind(actor, seen[0].kind)
    await _hold_all(tx, actor, sorted({*also, *(row.child_id for row in seen)}))
    known = await queries.reached(tx, actor, await store.load_contact(tx, contact_id))
    if not known:
        raise NotFound
    return known


def _person(request: EntourageFields, from_on: date) -> Person:
    return Person(
        first_name=single_spaced(request.first_name),
        last_name=single_spaced(request.last_name),
        relation=single_spaced(request.relation),
        phone=request.phone,
        birth_on=request.birth_on,
        decision=request.decision,
        decided_on=request.decided_on,
        starts_on=request.starts_on or from_on,
        ends_on=request.ends_on,
    )


async def _check(
    tx: Transaction, rules: FamilyRules, kind: EntourageKind, person: Person, around: Collection[Sequence[Around]]
) -> None:
    """Refuse what stands against a person around these children. Raises Invalid."""
    today = await tx.today()
    away = frozenset[str]().union(*(domain.kept_away(rows, today) for rows in around))
    if faults := tuple(domain.faults(kind, person, Rules(today, rules.policy.pickup_age_min, away))):
        raise Invalid(*faults)


async def _tell(tx: Transaction, actor: Actor, what: str, row: Around, former: Around | None = None) -> None:
    """Note what became of somebody around a child, and have its site know. Who may not collect is noted apart: not everybody who reads the
    child's history is told of them."""
    after: dict[str, Any] = {"kind": row.kind.value, "name": f"{row.person.first_name} {row.person.last_name}"}
    if former is not None:
        after["fields"] = domain.changed_fields(former.person, row.person)
    if row.kind is EntourageKind.FORBIDDEN:
        tx.note(Act(actor, FORBIDDEN_ACTIONS[what], row.child_id, after=after))
    else:
        tx.note(Act(actor, ACTIONS[what], row.child_id, after=after))
    await publish_care(tx, row.child_id)
