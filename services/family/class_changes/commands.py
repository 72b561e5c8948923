"""Changing the classes of a whole school: prepared with everything to look at, started once, worked off some pupils at a time, taken back as a whole.

Each pupil is judged again in the transaction that moves it and settles its line: whatever breaks off goes on where it stopped, and what an agent said of
a child meanwhile counts. Run, school, classes and children are held in this order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.refusal import Busy, FieldRefusal, Invalid, NotFound
from chassis.timeline import Timeline
from contracts.family.class_changes import (
    ClassChangeCreate,
    ClassChangeRun,
    ClassChangeStatus,
    PupilStep,
    StepsChange,
)
from contracts.family.school_events import PupilOutcome
from contracts.types import ActorKind, Channel

from ..errors import (
    ClassChangeOverwritten,
    ClassChangeRunning,
    ClassChangeStarted,
    ClassStepsMissing,
)
from ..imports.store import backlog
from ..people.domain import noted_days
from ..people.store import take_turns
from ..schooling.domain import Place
from ..schooling.store import add_places, hold_children, homes_of, load_places, publish_schoolings
from ..schools.domain import ClassOfYear, days_of, school_year_of
from ..schools.queries import school_for
from ..schools.store import hold_class, hold_school
from . import store
from .domain import KEPT, Line, Step, is_as_it_was, place_after, step_fault, undecided_count
from .queries import classes_after, plan_of, read_run, run_for
from .store import FORGET_RUNS_SQL, Run

WORK_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 1.0
PUPILS_AT_ONCE: Final = 25
BACKLOG_MAX: Final = 300
"""Events that wait to be published: a change adds none to more, so that what families do is never far behind."""


@command
async def prepare(tx: Transaction, actor: Actor, school_code: str, request: ClassChangeCreate) -> ClassChangeRun:
    """The change of classes of a school's year, which is prepared where there is none. Raises NotFound, Invalid."""
    await take_turns(tx, [f"class change {school_code}"])
    await school_for(tx, actor, school_code)
    current = school_year_of(await tx.today())
    if request.school_year not in (current - 1, current):
        facts = (("first", current - 1), ("last", current))
        raise Invalid(FieldRefusal("/school_year", "class_change_year", facts))
    run_id = await store.live_run(tx, school_code, request.school_year)
    if run_id is None:
        run_id = new_id()
        await store.add_run(tx, run_id, (school_code, request.school_year), await tx.now(), actor.account_id)
        after = {"school_code": school_code, "school_year": request.school_year}
        tx.note(Act(actor, "class_change_prepared", run_id, after=after))
    return await read_run(tx, actor, run_id)


@command
async def set_steps(tx: Transaction, actor: Actor, run_id: UUID, request: StepsChange) -> ClassChangeRun:
    """Say what becomes of classes. Raises NotFound, Invalid, ClassChangeStarted."""
    run = await _prepared(tx, actor, run_id)
    plan = await plan_of(tx, await run_for(tx, actor, run_id))
    there = await classes_after(tx, run.school_code, run.school_year)
    faults = []
    for place, item in enumerate(request.steps):
        if (item.class_id, item.level) not in plan.steps:
            faults.append(FieldRefusal(f"/steps/{place}/class_id", "class_unknown"))
        faults += step_fault(Step(item.kind, item.to_class_id), item.level, there, f"/steps/{place}")
    if faults:
        raise Invalid(*faults)
    wanted = {(item.class_id, item.level): Step(item.kind, item.to_class_id) for item in request.steps}
    changed = {group: step for group, step in wanted.items() if plan.steps[group] != step}
    if changed:
        await store.save_steps(tx, run_id, changed)
        tx.note(Act(actor, "class_change_steps_said", run_id, after={"count": len(changed)}))
    return await read_run(tx, actor, run_id)


@command
async def set_pupil(tx: Transaction, actor: Actor, run_id: UUID, child_id: UUID, request: PupilStep) -> ClassChangeRun:
    """Say what becomes of one pupil. Raises NotFound, Invalid, ClassChangeStarted."""
    run = await _prepared(tx, actor, run_id)
    plan = await plan_of(tx, await run_for(tx, actor, run_id))
    line = next((line for line in plan.lines if line.child_id == child_id), None)
    if line is None:
        raise NotFound
    step = Step(request.kind, request.to_class_id) if request.kind else None
    there = await classes_after(tx, run.school_code, run.school_year)
    if step and (faults := [*step_fault(step, line.level, there, "")]):
        raise Invalid(*faults)
    own = (await store.load_own_steps(tx, run_id)).get(child_id)
    if step != own:
        await store.save_own_step(tx, run_id, child_id, step)
        tx.note(Act(actor, "class_change_pupil_said", run_id, after={"child_id": child_id, "kind": request.kind}))
    return await read_run(tx, actor, run_id)


async def _prepared(tx: Transaction, actor: Actor, run_id: UUID) -> Run:
    """A change that nobody started yet, locked. Raises NotFound, ClassChangeStarted."""
    run = await _lock(tx, actor, run_id)
    if run.status is not ClassChangeStatus.PREPARED:
        raise ClassChangeStarted(account_id=str(run.confirmed_by))
    return run


async def _lock(tx: Transaction, actor: Actor, run_id: UUID) -> Run:
    await run_for(tx, actor, run_id)
    run = await store.lock_run(tx, run_id)
    if run is None:
        raise NotFound
    return run


@command
async def confirm(tx: Transaction, actor: Actor, run_id: UUID) -> ClassChangeRun:
    """Start a change; one that was started stays as it is. Raises NotFound, ClassStepsMissing."""
    run = await _lock(tx, actor, run_id)
    if run.status is ClassChangeStatus.PREPARED:
        plan = await plan_of(tx, await run_for(tx, actor, run_id))
        if count := undecided_count(plan.lines):
            raise ClassStepsMissing(count=count)
        await store.save_steps(tx, run_id, plan.steps)
        await store.add_lines(tx, run_id, plan.lines)
        await store.confirm_run(tx, run_id, actor.account_id)
        tx.note(Act(actor, "class_change_started", run_id, after={"count": len(plan.lines)}))
    return await read_run(tx, actor, run_id)


@command
async def undo(tx: Transaction, actor: Actor, run_id: UUID) -> ClassChangeRun:
    """Take back all that a change wrote; one that was taken back stays so.

    Raises:
        NotFound: there is none.
        ClassChangeRunning: it is not done.
        ClassChangeOverwritten: something else is said of some pupils since.
    """
    run = await _lock(tx, actor, run_id)
    if run.status is ClassChangeStatus.UNDONE:
        return await read_run(tx, actor, run_id)
    if run.status is not ClassChangeStatus.DONE:
        raise ClassChangeRunning
    await hold_school(tx, run.school_code)
    lines = await store.moved_lines(tx, run_id)
    child_ids = [line.child_id for line in lines]
    await hold_children(tx, child_ids)
    if count := await store.overwritten_count(tx, run_id):
        raise ClassChangeOverwritten(count=count)
    await store.take_back(tx, child_ids, run.school_year + 1)
    await store.settle_lines(tx, run_id, dict.fromkeys(child_ids, PupilOutcome.UNDONE))
    await store.undo_run(tx, run_id, actor.account_id)
    tx.note(Act(actor, "class_change_undone", run_id, after={"count": len(lines)}))
    await _note_pupils(tx, actor, run, lines, is_undone=True)
    await publish_schoolings(tx, child_ids)
    return await read_run(tx, actor, run_id)


async def _note_pupils(
    tx: Transaction, actor: Actor, run: Run, lines: Sequence[Line], *, is_undone: bool = False
) -> None:
    """What was done to these pupils, in the history of each home."""
    places = {line.child_id: _words(run, line) for line in lines}
    nothing: dict[str, Any] = {"places": []}
    for child_id, household_id in await homes_of(tx, list(places)):
        place: dict[str, Any] = {"places": [places[child_id]]}
        before, after = (place, nothing) if is_undone else (nothing, place)
        tx.note(Act(actor, "schooling_changed", child_id, household_id, before=before, after=after))


def _words(run: Run, line: Line) -> dict[str, Any]:
    return {
        "level": line.to_level,
        "school_code": run.school_code,
        "elsewhere": None,
        "class_id": line.to_class_id,
        **noted_days(days_of(run.school_year + 1)),
    }


@dataclass(frozen=True, slots=True)
class ClassChangeWork:
    """The job that works off changes of classes, some pupils at a time."""

    backlog_max: int = BACKLOG_MAX

    async def run(self, db: Database) -> None:
        """Move pupils for some seconds, as long as little waits to be published."""
        ends_at = monotonic() + WORK_SECONDS
        while monotonic() < ends_at and await backlog(db, self.backlog_max) < self.backlog_max:
            try:
                if not await work(db):
                    return
            except Busy:
                return


@command
async def work(tx: Transaction) -> bool:
    """Move the next pupils of the change that is worked off; False when there is nothing to do."""
    run = await store.take_run(tx)
    if run is None or run.confirmed_by is None:
        return False
    lines = await store.next_lines(tx, run.run_id, PUPILS_AT_ONCE)
    if not lines:
        await store.finish_run(tx, run.run_id)
        tx.report("class change finished", run_id=str(run.run_id))
        return True
    await hold_school(tx, run.school_code)
    classes = {class_id: await hold_class(tx, class_id) for class_id in sorted(_class_ids(lines))}
    child_ids = [line.child_id for line in lines]
    await hold_children(tx, child_ids)
    places = await load_places(tx, child_ids)
    outcomes = {line.child_id: _outcome(run, line, places[line.child_id], classes) for line in lines}
    moved = [line for line in lines if outcomes[line.child_id] is PupilOutcome.MOVED]
    await store.settle_lines(tx, run.run_id, outcomes)
    if moved:
        actor = Actor(run.confirmed_by, ActorKind.AGENT, sites=None, channel=Channel.JOB)
        await _note_pupils(tx, actor, run, moved)
        during = days_of(run.school_year + 1)
        after = [(line.child_id, place_after(line, run.school_code, run.school_year)) for line in moved]
        await add_places(tx, [(child_id, during, place) for child_id, place in after if place])
        await publish_schoolings(tx, [line.child_id for line in moved])
    return True


def _class_ids(lines: Sequence[Line]) -> set[UUID]:
    return {line.to_class_id for line in lines if line.to_class_id}


def _outcome(run: Run, line: Line, places: Timeline[Place], classes: Mapping[UUID, ClassOfYear | None]) -> PupilOutcome:
    """What a pupil comes to now."""
    if any(item.value.school_year == run.school_year + 1 for item in places):
        return PupilOutcome.KNOWN
    chosen = classes.get(line.to_class_id) if line.to_class_id else None
    was = places.at(days_of(run.school_year).last)
    if chosen is None or chosen.is_closed or not is_as_it_was(line, was, run.school_code):
        return PupilOutcome.CHANGED
    return PupilOutcome.MOVED


async def forget_class_changes(db: Database) -> None:
    """Remove changes of classes that are past their time, with their reports."""
    await remove_in_batches(db, FORGET_RUNS_SQL, await db.now() - KEPT)
