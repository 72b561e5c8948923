"""What a family may change of a civil status, and the changes that were asked for."""

from collections.abc import Mapping
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from contracts.family.changes import ChangedFields, CivilStatus, PersonChange, PersonChanges
from contracts.family.child_events import ChangeStatus, FieldRule
from contracts.types import ActorKind

from ..contact_changes.domain import KIND, address_in
from ..contact_changes.store import present_values
from ..health.queries import child_for
from ..people.domain import Adult, Child
from ..people.store import load_adult, load_children
from ..settings import FamilyRules
from . import store
from .domain import Change, Values, is_stale, values_of, version

ITEMS_MAX = 100


async def person_for(db: Database | Transaction, actor: Actor, person_id: UUID) -> Adult | Child:
    """Whom an adult may correct: themselves, or a child whom they answer for. Raises NotFound."""
    if person_id == actor.guardian_id and (adult := await load_adult(db, person_id)) is not None:
        return adult
    reached = await child_for(db, actor, person_id)
    return (await load_children(db, [person_id])).get(person_id, reached)


def rules_of(person: Adult | Child, rules: FamilyRules) -> Mapping[str, FieldRule]:
    """The town's rule for each field of somebody."""
    fields = rules.policy.fields
    return (fields.child if isinstance(person, Child) else fields.adult).model_dump()


async def read_civil_status(db: Database, actor: Actor, rules: FamilyRules, person_id: UUID) -> CivilStatus:
    """A civil status, without what the town does not show. Raises NotFound."""
    person = await person_for(db, actor, person_id)
    by_field = rules_of(person, rules)
    shown = {name: value for name, value in values_of(person).items() if by_field[name] is not FieldRule.HIDDEN}
    return CivilStatus(
        person_id=person_id,
        rules=dict(by_field),
        is_waiting=await store.is_waiting(db, person_id),
        version=version(person),
        **shown,
    )


CHANGES_SQL = """
select p.change_id, p.household_id, p.subject_id, p.kind, p.status, p.sealed, p.asked_by, p.asked_at, p.decided_at, h.reference,
       h.address_lines is null as is_protected, a.first_name || ' ' || a.last_name as asked_by_name
from person_changes p join households h using (household_id) join adults a on a.adult_id = p.asked_by
where case when $1::uuid is null then status = 'waiting' else asked_by = $1 end
order by case when $1::uuid is null then change_id end, change_id desc limit $2
"""


async def list_changes(db: Database, actor: Actor, rules: FamilyRules) -> PersonChanges:
    """The changes that wait for an agent, or those that an adult asked for."""
    asked_by = actor.guardian_id if actor.kind is ActorKind.PARENT else None
    items = [
        await _answer(db, change, row)
        for row in await db.fetch(CHANGES_SQL, asked_by, ITEMS_MAX)
        if (change := await store.change_of(db, row)) is not None
    ]
    return PersonChanges(add_child=rules.policy.fields.add_child, items=tuple(items))


async def person_of(db: Database | Transaction, change: Change) -> Adult | Child | None:
    """Whom a change is about, as they are now; nobody of a new child."""
    if change.kind in ("adult", KIND):
        return await load_adult(db, change.subject_id)
    return (await load_children(db, [change.subject_id])).get(change.subject_id)


async def known_values(db: Database | Transaction, change: Change, person: Adult | Child | None) -> Values:
    """What there is of what a change is about."""
    if change.kind == KIND:
        return await present_values(db, change.subject_id, change.household_id)
    return values_of(person) if person is not None else {}


async def _answer(db: Database, change: Change, row: Row) -> PersonChange:
    person = await person_of(db, change)
    known = await known_values(db, change, person)
    is_waiting = change.status is ChangeStatus.WAITING
    named = values_of(person) if person else change.after
    is_hidden = bool(row["is_protected"]) and "address" in change.after
    return PersonChange(
        change_id=change.change_id,
        household_id=change.household_id,
        person_id=change.subject_id,
        reference=row["reference"],
        is_new_child=change.kind == "new_child",
        is_contact=change.kind == KIND,
        name=f"{named.get('first_name', '')} {named.get('last_name', '')}",
        status=change.status,
        fields=tuple(change.after),
        before=_fields(change.before, is_hidden=is_hidden),
        after=_fields(change.after, is_hidden=is_hidden),
        is_stale=is_waiting and is_stale(change, known, is_asker_there=await store.is_asker_there(db, change)),
        is_address_hidden=is_hidden,
        asked_by_name=row["asked_by_name"],
        asked_at=row["asked_at"],
        decided_on=row["decided_at"].date() if row["decided_at"] else None,
        reason=change.reason,
    )


def _fields(values: Values, *, is_hidden: bool) -> ChangedFields:
    """What was there or is to be, without an address that is protected."""
    address = None if is_hidden else address_in(values)
    return ChangedFields.model_validate({**values, "address": address.state() if address else None})
