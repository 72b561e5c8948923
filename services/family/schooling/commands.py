"""Saying where a child goes to school.

Schools and classes are held before children: whoever renames them publishes what they are called of every pupil, and waits.
"""

from typing import Any
from uuid import UUID

from chassis.access import reach_of
from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import Invalid, NotFound, Refusal
from chassis.timeline import Timeline
from contracts.family.schools import ChildSchooling, SchoolingChange, SchoolingEnd

from ..people.domain import Child, noted_days
from ..people.store import lock_child
from ..schools.domain import School, school_year_of
from ..schools.queries import school_for
from ..schools.store import hold_class, hold_school
from .domain import Place, day_faults, ended, place_faults, placed
from .queries import CHILD_SQL, child_schooling
from .store import homes_of, load_places, save_places


@command
async def change_schooling(tx: Transaction, actor: Actor, child_id: UUID, request: SchoolingChange) -> ChildSchooling:
    """Say where a child goes to school from a day until the end of the school year. Raises NotFound, Invalid."""
    place = Place(
        school_year_of(request.starts_on), request.level, request.school_code, request.elsewhere, request.class_id
    )
    school = await _school(tx, actor, place.school_code)
    chosen = await hold_class(tx, place.class_id) if place.class_id else None
    child = await _lock(tx, actor, child_id)
    before = (await load_places(tx, [child_id]))[child_id]
    faults = [*place_faults(place, school, chosen, before.at(request.starts_on)), *day_faults(child, request.starts_on)]
    if faults:
        raise Invalid(*faults)
    return await _save(tx, actor, child_id, before, placed(before, place, request.starts_on))


@command
async def end_schooling(tx: Transaction, actor: Actor, child_id: UUID, request: SchoolingEnd) -> ChildSchooling:
    """Say on which day a child is in its school for the last time. Raises NotFound, Invalid."""
    await _lock(tx, actor, child_id)
    before = (await load_places(tx, [child_id]))[child_id]
    after = ended(before, request.ends_on)
    if isinstance(after, Refusal):
        raise after
    return await _save(tx, actor, child_id, before, after)


async def _school(tx: Transaction, actor: Actor, school_code: str | None) -> School | None:
    """A school where the actor works, held; None for one that is not theirs, or that there is not."""
    if school_code is None:
        return None
    try:
        await school_for(tx, actor, school_code)
    except NotFound:
        return None
    return await hold_school(tx, school_code)


async def _lock(tx: Transaction, actor: Actor, child_id: UUID) -> Child:
    """A child whom the actor reaches, held. Raises NotFound."""
    child = await lock_child(tx, child_id)
    if child is None or not await tx.fetchval(CHILD_SQL, *reach_of(actor, await tx.today()), child_id):
        raise NotFound
    return child


async def _save(
    tx: Transaction, actor: Actor, child_id: UUID, before: Timeline[Place], after: Timeline[Place]
) -> ChildSchooling:
    await keep_schooling(tx, actor, child_id, before, after)
    today = await tx.today()
    row = await tx.fetchrow(CHILD_SQL, *reach_of(actor, today), child_id)
    if row is None:
        raise NotFound
    return await child_schooling(tx, row, today)


async def keep_schooling(
    tx: Transaction, actor: Actor, child_id: UUID, before: Timeline[Place], after: Timeline[Place]
) -> None:
    """Keep what was decided of a child who is held, unless it is so already; it is noted for each household of the child."""
    if after != before:
        changes = before.changes_to(after)
        words = {
            "before": {"places": [_words(item.before) | noted_days(item.during) for item in changes if item.before]},
            "after": {"places": [_words(item.after) | noted_days(item.during) for item in changes if item.after]},
        }
        for _, household_id in await homes_of(tx, [child_id]):
            tx.note(Act(actor, "schooling_changed", child_id, household_id, **words))
        await save_places(tx, child_id, after)


def _words(place: Place) -> dict[str, Any]:
    return {
        "level": place.level,
        "school_code": place.school_code,
        "elsewhere": place.elsewhere,
        "class_id": place.class_id,
    }
