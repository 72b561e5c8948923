"""Naming schools, and opening, changing and closing their classes."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.access import AT_SITE, reach_of, reaching, require_every_site
from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family import schools as contract
from contracts.family.schools import CLASSES_MAX, ClassChange, ClassCreate, ClassesCopy, SchoolChange, SchoolClass

from ..errors import ClassHasPupils
from ..people.store import take_turns
from ..schooling.store import publish_schoolings
from . import queries, store
from .domain import ClassOfYear, School, class_faults, in_order


@command
async def save_school(tx: Transaction, actor: Actor, school_code: str, request: SchoolChange) -> contract.School:
    """Name a school; what it is called now is published of each of its pupils. Raises Forbidden."""
    require_every_site(actor)
    wanted = School(school_code, request.label, in_order(request.levels))
    await take_turns(tx, [_turn(school_code)])
    known = await store.load_school(tx, school_code)
    if wanted != known:
        await store.save_school(tx, wanted)
        tx.note(Act(actor, "school_named", school_code, after={"label": wanted.label, "levels": wanted.levels}))
        if known is not None and known.label != wanted.label:
            await publish_schoolings(tx, await store.pupils_of_school(tx, school_code))
    return contract.School(code=school_code, label=wanted.label, levels=wanted.levels)


def _turn(school_code: str) -> str:
    """What whoever changes a school or its classes takes turns by."""
    return f"school {school_code}"


@command
async def create_class(
    tx: Transaction, actor: Actor, claim: Claim, school_code: str, request: ClassCreate
) -> SchoolClass:
    """Open a class. Raises NotFound, Invalid."""
    if (answer := await claim.replay(tx, SchoolClass)) is not None:
        return answer
    school = await _school(tx, actor, school_code)
    wanted = ClassOfYear(
        new_id(), school_code, request.school_year, request.label, in_order(request.levels), request.teacher
    )
    others = await store.open_classes(tx, school_code, request.school_year)
    _check(school, wanted, others)
    if len(others) >= CLASSES_MAX:
        raise Invalid(FieldRefusal("/label", "classes_too_many", (("count", CLASSES_MAX),)))
    await store.add_classes(tx, [wanted])
    tx.note(Act(actor, "class_opened", wanted.class_id, after=_words(wanted)))
    return await claim.keep(tx, await _answer(tx, wanted))


def _check(school: School, wanted: ClassOfYear, others: list[ClassOfYear]) -> None:
    if faults := [*class_faults(school, wanted, others)]:
        raise Invalid(*faults)


@command
async def copy_classes(tx: Transaction, actor: Actor, school_code: str, request: ClassesCopy) -> contract.SchoolClasses:
    """Open the classes of a year in the next one; those that it has by name already stay as they are. Raises NotFound."""
    await _school(tx, actor, school_code)
    next_year = request.school_year + 1
    known = {item.label_key for item in await store.open_classes(tx, school_code, next_year)}
    copies = [
        replace(item, class_id=new_id(), school_year=next_year, teacher=None)
        for item in await store.open_classes(tx, school_code, request.school_year)
        if item.label_key not in known
    ]
    copies = copies[: CLASSES_MAX - len(known)]
    if copies:
        await store.add_classes(tx, copies)
        tx.note(Act(actor, "classes_copied", school_code, after={"school_year": next_year, "count": len(copies)}))
    return await queries.read_classes(tx, actor, school_code, next_year)


@command
async def change_class(tx: Transaction, actor: Actor, class_id: UUID, request: ClassChange) -> SchoolClass:
    """Say what a class is called, which levels it has and who teaches it. Raises NotFound, Invalid."""
    known = await _class(tx, actor, class_id)
    school = await _school(tx, actor, known.school_code)
    wanted = replace(known, label=request.label, levels=in_order(request.levels), teacher=request.teacher)
    _check(school, wanted, await store.open_classes(tx, known.school_code, known.school_year))
    if wanted != known:
        await store.save_class(tx, wanted)
        tx.note(Act(actor, "class_changed", class_id, before=_words(known), after=_words(wanted)))
        if wanted.label != known.label:
            await publish_schoolings(tx, await store.pupils_of_class(tx, class_id))
    return await _answer(tx, wanted)


@command
async def close_class(tx: Transaction, actor: Actor, class_id: UUID) -> SchoolClass:
    """Close a class; one that is closed stays so. Raises NotFound, ClassHasPupils."""
    known = await _class(tx, actor, class_id)
    if not known.is_closed:
        if count := await store.remaining(tx, class_id, await tx.today()):
            raise ClassHasPupils(count=count)
        await store.save_class(tx, replace(known, is_closed=True))
        tx.note(Act(actor, "class_closed", class_id, after=_words(known)))
    return await _answer(tx, known)


async def _school(tx: Transaction, actor: Actor, school_code: str) -> School:
    """A school where the actor works, whose classes nobody else changes meanwhile. Raises NotFound."""
    await take_turns(tx, [_turn(school_code)])
    school = await queries.school_for(tx, actor, school_code)
    return School(school.code, school.label, school.levels)


CLASS_FOR_SQL = reaching(
    "select c.class_id from classes c where c.class_id = $4 and {is_reached}", is_reached=AT_SITE.of("c.school_code")
)


async def _class(tx: Transaction, actor: Actor, class_id: UUID) -> ClassOfYear:
    """A class of a school where the actor works, locked. Raises NotFound."""
    reach = reach_of(actor, await tx.today())
    if not await tx.fetchval(CLASS_FOR_SQL, *reach, class_id):
        raise NotFound
    known = await store.lock_class(tx, class_id)
    if known is None:
        raise NotFound
    return known


async def _answer(tx: Transaction, item: ClassOfYear) -> SchoolClass:
    place = (item.school_code, item.school_year, item.class_id)
    return await queries.read_class(tx, *place, await tx.today())


def _words(item: ClassOfYear) -> dict[str, Any]:
    return {
        "school_code": item.school_code,
        "school_year": item.school_year,
        "label": item.label,
        "levels": item.levels,
        "teacher": item.teacher,
    }
