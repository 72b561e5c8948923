"""The people around a child, as those who answer for the child, and entitled agents, read them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction
from chassis.refusal import NotFound
from contracts.family.entourage import Entourage, EntouragePerson
from contracts.http import File, FileType
from contracts.types import ActorKind

from ..authorizations.domain import holders
from ..custody.store import load_custody
from ..health.queries import child_for
from ..people.domain import Child
from ..settings import FamilyRules
from . import store
from .domain import Around, version, visible


async def sees_forbidden(db: Database | Transaction, actor: Actor, child: Child) -> bool:
    """Whether the actor is told who may not collect a child: by authority that they exercise, or as an agent."""
    if actor.kind is not ActorKind.PARENT:
        return True
    return actor.guardian_id in holders(await load_custody(db, child), await db.today())


async def reached(db: Database | Transaction, actor: Actor, rows: Sequence[Around]) -> list[Around]:
    """Those of these rows that the actor may see."""
    shown: list[Around] = []
    for child_id in {row.child_id for row in rows}:
        try:
            child = await child_for(db, actor, child_id)
        except NotFound:
            continue
        own = [row for row in rows if row.child_id == child_id]
        shown += visible(own, await sees_forbidden(db, actor, child))
    return sorted(shown, key=lambda row: row.child_id)


async def read_entourage(db: Database | Transaction, actor: Actor, rules: FamilyRules, child_id: UUID) -> Entourage:
    """The people around a child. Raises NotFound."""
    child = await child_for(db, actor, child_id)
    around = visible(await store.load_around(db, child_id), await sees_forbidden(db, actor, child))
    seen: Mapping[UUID, list[Around]] = {
        row.contact_id: await reached(db, actor, await store.load_contact(db, row.contact_id)) for row in around
    }
    return Entourage(
        child_id=child_id,
        first_name=child.first_name,
        last_name=child.last_name,
        people=tuple(answer(row, seen[row.contact_id]) for row in around),
        pickup_age_min=rules.policy.pickup_age_min,
    )


def answer(row: Around, rows: Sequence[Around]) -> EntouragePerson:
    """Somebody as one child has them, with all the children of theirs that are reached."""
    person = row.person
    return EntouragePerson(
        contact_id=row.contact_id,
        kind=row.kind,
        first_name=person.first_name,
        last_name=person.last_name,
        relation=person.relation,
        phone=person.phone,
        birth_on=person.birth_on,
        decision=person.decision,
        decided_on=person.decided_on,
        starts_on=person.starts_on,
        ends_on=person.ends_on,
        child_ids=tuple(item.child_id for item in rows),
        version=version(rows),
        has_portrait=row.has_portrait,
    )


async def read_portrait(db: Database, actor: Actor, contact_id: UUID) -> File:
    """The picture of somebody around a child whom the actor reaches. Raises NotFound."""
    rows = await reached(db, actor, await store.load_contact(db, contact_id))
    picture = await store.load_portrait(db, contact_id) if rows else None
    if picture is None:
        raise NotFound
    return File(picture, FileType.JPEG, "portrait.jpg")
