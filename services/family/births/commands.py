"""Registering the birth of a child who was expected."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import Invalid, NotFound, Refusal
from contracts.family.births import Birth, BornChild
from contracts.family.events import ChildAdded
from contracts.family.models import HouseholdCreate

from ..custody.domain import Custody
from ..custody.store import load_custody, save_custody
from ..households.domain import joined
from ..households.store import households_of_person, load_file, lock_households, publish, save_members
from ..people.domain import Child, name_key, with_single_spaces
from ..people.store import add_children, hold_person, lock_child, save_child
from . import domain


@command
async def register_birth(tx: Transaction, actor: Actor, child_id: UUID, request: Birth) -> BornChild:
    """Let a child who was expected be born. What is so already changes nothing, and is noted nowhere. Raises NotFound, Invalid, ChildAlreadyBorn."""
    today = await tx.today()
    await lock_households(tx, await households_of_person(tx, child_id))
    await hold_person(tx, child_id)
    household_ids = await lock_households(tx, await households_of_person(tx, child_id))
    if (expected := await lock_child(tx, child_id)) is None:
        raise NotFound
    child = domain.born(expected, request.first_name, request.last_name, request.birth_on, today)
    if isinstance(child, Refusal):
        raise child
    twins = await _twins(tx, child, request, household_ids)
    if child != expected or twins:
        before = {"first_name": expected.first_name, "expected_on": expected.birth_on}
        after = {"first_name": child.first_name, "birth_on": child.birth_on}
        after |= {"twins": [twin.first_name for twin in twins]} if twins else {}
        for household_id in household_ids:
            tx.note(Act(actor, "birth_registered", child_id, household_id, before=before, after=after))
        custody = domain.with_birth(await load_custody(tx, expected), child)
        await save_child(tx, child)
        tx.emit(child.state())
        await save_custody(tx, custody)
        await _add_twins(tx, actor, custody, twins, household_ids)
        await publish(tx, household_ids, today)
    return BornChild(child_id=child_id, first_name=child.first_name, last_name=child.last_name, birth_on=child.birth_on)


async def _twins(tx: Transaction, child: Child, request: Birth, household_ids: Sequence[UUID]) -> list[Child]:
    """The children who were born with this one and are in no file of it yet. Raises Invalid."""
    typed = [
        with_single_spaces(Child(new_id(), twin.first_name, twin.last_name or child.last_name, child.birth_on))
        for twin in request.twins
    ]
    if faults := list(domain.twin_faults(child, typed)):
        raise Invalid(*faults)
    files = [await load_file(tx, household_id) for household_id in household_ids]
    known = {(name_key(other), other.birth_on) for file in files if file for other in file.children}
    return [twin for twin in typed if (name_key(twin), twin.birth_on) not in known]


async def _add_twins(
    tx: Transaction, actor: Actor, custody: Custody, twins: Sequence[Child], household_ids: Sequence[UUID]
) -> None:
    """Add children to every home of the one they were born with, on the same days and by the same custody."""
    now = await tx.now()
    await add_children(tx, twins, now, actor.account_id)
    for household_id in household_ids if twins else ():
        if (file := await load_file(tx, household_id)) is None:
            continue
        members = file.child_members
        for twin in twins:
            for member in file.child_members:
                if member.person_id == custody.child.child_id:
                    members = joined(members, twin.child_id, member.during)
            tx.emit(ChildAdded(household_id=household_id, child_id=twin.child_id, added_at=now))
        await save_members(tx, replace(file, child_members=members))
    for twin in twins:
        tx.emit(twin.state())
        await save_custody(tx, replace(custody, child=twin))


def children_typed(request: HouseholdCreate, unborn_name: str) -> tuple[Child, ...]:
    """The children of a new file, as they were typed; those who are expected are the last."""
    born = (Child(new_id(), typed.first_name, typed.last_name, typed.birth_on) for typed in request.children)
    expected = (
        Child(new_id(), typed.first_name or unborn_name, typed.last_name, typed.expected_on, is_expected=True)
        for typed in request.expected_children
    )
    return (*born, *expected)
