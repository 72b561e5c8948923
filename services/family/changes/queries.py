"""What a family may change of a civil status, and the changes that were asked for."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Row, Transaction
from chassis.data.paging import cursor_of, read_id
from chassis.refusal import NotFound
from contracts.family.changes import ChangedFields, CivilStatus, PersonChange, PersonChanges
from contracts.family.child_events import ChangeStatus, FieldRule
from contracts.family.procedure_words import Code, Effect
from contracts.http import PAGE_SIZE, PAGE_SIZE_MAX
from contracts.types import ActorKind

from ..contact_changes.domain import KIND, address_in
from ..contact_changes.store import present_values
from ..health.queries import child_for
from ..households.queries import household_id_for
from ..people.domain import Adult, Child
from ..people.store import load_adult, load_children
from ..procedures.queries import counting, is_shown
from ..settings import FamilyRules
from . import store
from .domain import Change, Values, is_stale, values_of, version


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


CHANGES: Final = """
select p.change_id, p.household_id, p.subject_id, p.kind, p.status, p.sealed, p.asked_by, p.asked_at, p.decided_at, h.reference,
       h.address_lines is null as is_protected, a.first_name || ' ' || a.last_name as asked_by_name
from person_changes p join households h using (household_id) join adults a on a.adult_id = p.asked_by
"""

WAITING_SQL = f"""{CHANGES}
where p.status = 'waiting' and ($1::uuid is null or p.household_id = $1) and ($2::uuid is null or p.change_id > $2)
order by p.change_id limit $3
"""

ASKED_SQL = f"""{CHANGES}
where p.asked_by = $1 and ($2::uuid is null or p.household_id = $2) and ($3::uuid is null or p.change_id < $3)
order by p.change_id desc limit $4
"""


async def list_changes(
    db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None, cursor: str | None
) -> PersonChanges:
    """The changes that wait for an agent, or those that an adult asked for, of all files or of one; of a child whom they reach no more, nothing. Raises
    Invalid, NotFound."""
    after = read_id(cursor)
    if household_id is not None:
        await household_id_for(db, actor, household_id, await db.today())
    if actor.kind is ActorKind.PARENT:
        limit = PAGE_SIZE_MAX
        rows = await db.fetch(ASKED_SQL, actor.guardian_id, household_id, after, limit + 1)
    else:
        limit = PAGE_SIZE
        rows = await db.fetch(WAITING_SQL, household_id, after, limit + 1)
    items = [change for row in rows[:limit] if (change := await _answer(db, actor, row)) is not None]
    # A change that is not shown counts in its page.
    next_cursor = cursor_of((rows[limit - 1]["change_id"],)) if len(rows) > limit else None
    rule = rules.policy.fields.add_child
    by = await _new_child_procedure(db, actor, rules)
    return PersonChanges(add_child=rule, add_child_by=by, items=tuple(items), next_cursor=next_cursor)


async def _new_child_procedure(db: Database, actor: Actor, rules: FamilyRules) -> Code | None:
    """The first procedure of the town by which a family asks for a child."""
    procedures = [item.procedure for item in (await counting(db, rules)).values()]
    codes = [item.code for item in procedures if item.effect is Effect.NEW_CHILD and is_shown(item, actor, rules)]
    return next(iter(codes), None)


CHANGE_SQL = f"""{CHANGES}
where p.change_id = $1 and p.status = 'waiting'
"""


async def read_change(db: Database, actor: Actor, change_id: UUID) -> PersonChange:
    """A change that waits for an agent. Raises NotFound."""
    row = await db.fetchrow(CHANGE_SQL, change_id)
    if row is None or (change := await _answer(db, actor, row)) is None:
        raise NotFound
    return change


async def _is_reached(db: Database, actor: Actor, child: Child) -> bool:
    if actor.kind is not ActorKind.PARENT:
        return True
    try:
        await child_for(db, actor, child.child_id)
    except NotFound:
        return False
    return True


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


async def _answer(db: Database, actor: Actor, row: Row) -> PersonChange | None:
    """A change as it is shown; None once the household's key is gone, or of a child whom the actor reaches no more."""
    change = await store.change_of(db, row)
    if change is None:
        return None
    person = await person_of(db, change)
    if isinstance(person, Child) and not await _is_reached(db, actor, person):
        return None
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
        is_expected="is_expected" in change.after,
        is_contact=change.kind == KIND,
        name=f"{named.get('first_name', '')} {named.get('last_name', '')}",
        status=change.status,
        fields=tuple(name for name in change.after if name in ChangedFields.model_fields),
        before=_fields(change.before, is_hidden=is_hidden),
        after=_fields(change.after, is_hidden=is_hidden),
        is_stale=is_waiting and is_stale(change, known, is_asker_there=await store.is_asker_there(db, change)),
        is_address_hidden=is_hidden,
        asked_by_name=row["asked_by_name"],
        asked_at=row["asked_at"],
        decided_on=civil_day(row["decided_at"], db.zone) if row["decided_at"] else None,
        reason=change.reason,
    )


def _fields(values: Values, *, is_hidden: bool) -> ChangedFields:
    """What was there or is to be, without an address that is protected."""
    address = None if is_hidden else address_in(values)
    written = {name: value for name, value in values.items() if name in ChangedFields.model_fields}
    return ChangedFields.model_validate({**written, "address": address.state() if address else None})
