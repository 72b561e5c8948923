"""What a family may change of a civil status, and the changes that were asked for."""

from collections.abc import Mapping
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction
from contracts.family.changes import CivilStatus, PersonChange, PersonChanges, StatusFields
from contracts.family.child_events import FieldRule
from contracts.types import ActorKind

from ..health.queries import child_for
from ..people.domain import Adult, Child
from ..people.store import load_adult, load_children
from ..settings import FamilyRules
from . import store
from .domain import Change, Values, is_stale, values_of, version

ITEMS_MAX = 100


async def person_for(db: Database | Transaction, actor: Actor, person_id: UUID) -> Adult | Child:
    """Whom an adult may correct: themselves, or a child whom they answer for; an agent corrects anybody. Raises NotFound."""
    is_own = actor.kind is not ActorKind.PARENT or person_id == actor.guardian_id
    if is_own and (adult := await load_adult(db, person_id)) is not None:
        return adult
    return await child_for(db, actor, person_id)


def rules_of(actor: Actor, person: Adult | Child, rules: FamilyRules) -> Mapping[str, FieldRule]:
    """What somebody may do with each field of a person: a family what the town says, an agent correct it at once."""
    fields = rules.policy.fields
    by_field: dict[str, FieldRule] = (fields.child if isinstance(person, Child) else fields.adult).model_dump()
    return by_field if actor.kind is ActorKind.PARENT else dict.fromkeys(by_field, FieldRule.AT_ONCE)


async def read_civil_status(db: Database, actor: Actor, rules: FamilyRules, person_id: UUID) -> CivilStatus:
    """A civil status, without what the town does not show. Raises NotFound."""
    person = await person_for(db, actor, person_id)
    by_field = rules_of(actor, person, rules)
    shown = {name: value for name, value in values_of(person).items() if by_field[name] is not FieldRule.HIDDEN}
    return CivilStatus(
        person_id=person_id,
        rules=dict(by_field),
        is_waiting=await store.is_waiting(db, person_id),
        version=version(person),
        **shown,
    )


CHANGES_SQL = """
select p.change_id, p.household_id, p.subject_id, p.kind, p.status, p.sealed, p.asked_by, p.asked_at, p.decided_at, h.reference
from person_changes p join households h using (household_id)
where case when $1::uuid is null then status = 'waiting' else asked_by = $1 end
order by case when $1::uuid is null then change_id end, change_id desc limit $2
"""


async def list_changes(db: Database, actor: Actor, rules: FamilyRules) -> PersonChanges:
    """The changes that wait for an agent, or those that an adult asked for."""
    asked_by = actor.guardian_id if actor.kind is ActorKind.PARENT else None
    items = []
    for row in await db.fetch(CHANGES_SQL, asked_by, ITEMS_MAX):
        if (change := await store.change_of(db, row)) is not None:
            person = await person_of(db, change)
            items.append(_answer(change, person, (row["reference"], row["asked_at"], row["decided_at"])))
    return PersonChanges(add_child=rules.policy.fields.add_child, items=tuple(items))


async def person_of(db: Database | Transaction, change: Change) -> Adult | Child | None:
    """Whom a change is about, as they are now; nobody of a new child."""
    if change.kind == "adult":
        return await load_adult(db, change.subject_id)
    return (await load_children(db, [change.subject_id])).get(change.subject_id)


def _fields(values: Values) -> StatusFields:
    return StatusFields(**{name: value for name, value in values.items() if name in StatusFields.model_fields})


def _answer(change: Change, person: Adult | Child | None, row: tuple[object, ...]) -> PersonChange:
    reference, asked_at, decided_at = row
    named = values_of(person) if person else change.after
    return PersonChange.model_validate(
        {
            "change_id": change.change_id,
            "household_id": change.household_id,
            "person_id": change.subject_id,
            "reference": reference,
            "is_new_child": change.kind == "new_child",
            "name": f"{named.get('first_name', '')} {named.get('last_name', '')}",
            "status": change.status,
            "is_expected": "is_expected" in change.after,
            "before": _fields(change.before),
            "after": _fields(change.after),
            "is_stale": change.status == "waiting" and is_stale(change, person),
            "asked_at": asked_at,
            "decided_on": decided_at.date() if decided_at else None,  # type: ignore[attr-defined]  # a timestamp of a row
            "reason": change.reason,
        }
    )
