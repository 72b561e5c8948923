"""Registering the birth of a child who was expected."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from contracts.family.births import Birth, BornChild
from contracts.family.models import HouseholdCreate

from ..custody.store import load_custody, save_custody
from ..households.store import households_of_person, lock_households, publish
from ..people.domain import Child
from ..people.store import hold_person, lock_child, save_child
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
    if child != expected:
        before = {"first_name": expected.first_name, "expected_on": expected.birth_on}
        after = {"first_name": child.first_name, "birth_on": child.birth_on}
        for household_id in household_ids:
            tx.note(Act(actor, "birth_registered", child_id, household_id, before=before, after=after))
        custody = domain.with_birth(await load_custody(tx, expected), child)
        await save_child(tx, child)
        tx.emit(child.state())
        await save_custody(tx, custody)
        await publish(tx, household_ids, today)
    return BornChild(child_id=child_id, first_name=child.first_name, last_name=child.last_name, birth_on=child.birth_on)


def children_typed(request: HouseholdCreate, unborn_name: str) -> tuple[Child, ...]:
    """The children of a new file, as they were typed; those who are expected are the last."""
    born = (Child(new_id(), typed.first_name, typed.last_name, typed.birth_on) for typed in request.children)
    expected = (
        Child(new_id(), typed.first_name or unborn_name, typed.last_name, typed.expected_on, is_expected=True)
        for typed in request.expected_children
    )
    return (*born, *expected)
