"""What agents read of changes of classes: before the start as things are now, from then on as the report says it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.access import AT_SITE, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import NotFound
from contracts.family.class_changes import (
    ClassChangeLine,
    ClassChangeRun,
    ClassChangeStatus,
    ClassStep,
    NextClass,
    OutcomeCount,
)
from contracts.family.school_events import PupilOutcome
from contracts.http import Page

from ..people.store import load_children
from ..schools.domain import ClassOfYear, School, next_level
from ..schools.store import class_of, levels_of, open_classes
from . import store
from .domain import Group, Line, Step, planned, proposed_step

RUN_SQL = reaching(
    """
select r.run_id, r.school_code, r.school_year, r.status, r.created_at, r.created_by, r.confirmed_at, r.confirmed_by,
       r.finished_at, r.undone_at, r.undone_by, o.label, o.levels
from class_changes r join schools o on o.school_code = r.school_code
where r.run_id = $4 and {is_reached}
""",
    is_reached=AT_SITE.of("r.school_code"),
)


async def run_for(db: Database | Transaction, actor: Actor, run_id: UUID) -> Row:
    """A change of classes of a school where an agent works. Raises NotFound."""
    row = await db.fetchrow(RUN_SQL, *reach_of(actor, await db.today()), run_id)
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a school's pupils: the classes that they leave and those of the next year, the steps and what each pupil comes to, in the order of the list."""

    classes: Mapping[UUID, ClassOfYear]
    next_classes: Mapping[UUID, ClassOfYear]
    steps: Mapping[Group, Step]
    lines: Sequence[Line]


CLASSES_SQL = """
select class_id, school_code, school_year, label, levels, teacher, is_closed from classes
where school_code = $1 and school_year = any($2::int[]) order by label_key, class_id
"""


async def plan_of(db: Queries, row: Row) -> Plan:
    """The plan of a change that is prepared, as things are now, or the report of one that was started."""
    year = row["school_year"]
    rows = await db.fetch(CLASSES_SQL, row["school_code"], [year, year + 1])
    known = {item.class_id: item for item in map(class_of, rows)}
    classes = {class_id: item for class_id, item in known.items() if item.school_year == year}
    next_classes = {class_id: item for class_id, item in known.items() if item.school_year == year + 1}
    chosen = await store.load_steps(db, row["run_id"])
    if row["status"] != ClassChangeStatus.PREPARED:
        return Plan(classes, next_classes, chosen, await store.load_lines(db, row["run_id"]))
    school = School(row["school_code"], row["label"], levels_of(row))
    there = [item for item in next_classes.values() if not item.is_closed]
    pupils = await store.load_leaving(db, school.school_code, year)
    groups = {(pupil.class_id, pupil.level) for pupil in pupils if pupil.class_id}
    steps = {
        group: chosen.get(group) or proposed_step(school, classes[group[0]], group[1], there)
        for group in sorted(groups, key=lambda group: (classes[group[0]].label_key, str(group[0]), _place(group)))
    }
    own = await store.load_own_steps(db, row["run_id"])
    return Plan(classes, next_classes, steps, [planned(pupil, steps, own.get(pupil.child_id)) for pupil in pupils])


def _place(group: Group) -> int:
    return list(type(group[1])).index(group[1])


async def read_run(db: Database | Transaction, actor: Actor, run_id: UUID) -> ClassChangeRun:
    """A change of classes. Raises NotFound."""
    row = await run_for(db, actor, run_id)
    plan = await plan_of(db, row)
    counts = Counter(line.outcome for line in plan.lines)
    is_done = row["status"] == ClassChangeStatus.DONE
    names = ("run_id", "school_year", "status", "created_at", "created_by", "confirmed_at", "confirmed_by")
    return ClassChangeRun.model_validate(
        {
            **{name: row[name] for name in (*names, "finished_at", "undone_at", "undone_by")},
            "school": {"code": row["school_code"], "label": row["label"], "levels": row["levels"]},
            "is_undoable": is_done and await store.overwritten_count(db, run_id) == 0,
            "steps": _steps(plan),
            "next_classes": [
                NextClass(class_id=item.class_id, label=item.label, levels=item.levels)
                for item in plan.next_classes.values()
                if not item.is_closed
            ],
            "outcomes": [
                OutcomeCount(outcome=outcome, pupil_count=counts[outcome])
                for outcome in PupilOutcome
                if counts[outcome]
            ],
        }
    )


def _steps(plan: Plan) -> list[ClassStep]:
    counts = Counter((line.class_id, line.level) for line in plan.lines)
    return [
        ClassStep(
            class_id=class_id,
            level=level,
            kind=step.kind,
            to_class_id=step.to_class_id,
            class_label=plan.classes[class_id].label,
            next_level=next_level(level),
            to_class_label=_label(plan.next_classes, step.to_class_id),
            pupil_count=counts[class_id, level],
        )
        for (class_id, level), step in plan.steps.items()
    ]


def _label(classes: Mapping[UUID, ClassOfYear], class_id: UUID | None) -> str | None:
    return classes[class_id].label if class_id and class_id in classes else None


@dataclass(frozen=True, slots=True)
class LinesAsked:
    """Which pupils of a change somebody asks for: those who come to one thing, or all of them."""

    run_id: UUID
    outcome: PupilOutcome | None
    cursor: str | None
    limit: int


async def list_lines(db: Database, actor: Actor, asked: LinesAsked) -> Page[ClassChangeLine]:
    """The pupils of a change of classes by name. Raises NotFound, Invalid."""
    plan = await plan_of(db, await run_for(db, actor, asked.run_id))
    after = read_cursor(asked.cursor, int)[0] if asked.cursor else -1
    chosen = [
        (place, line)
        for place, line in enumerate(plan.lines)
        if place > after and asked.outcome in (None, line.outcome)
    ][: asked.limit + 1]
    children = await load_children(db, [line.child_id for _, line in chosen])
    lines = [
        ClassChangeLine(
            child_id=line.child_id,
            first_name=children[line.child_id].first_name,
            last_name=children[line.child_id].last_name,
            birth_on=children[line.child_id].birth_on,
            class_label=_label(plan.classes, line.class_id),
            level=line.level,
            next_level=next_level(line.level),
            outcome=line.outcome,
            own_kind=line.own_kind,
            to_class_id=line.to_class_id,
            to_class_label=_label(plan.next_classes, line.to_class_id),
            to_level=line.to_level,
        )
        for _, line in chosen
    ]
    places = {line.child_id: place for place, line in chosen}
    return page_of(lines, lambda line: (places[line.child_id],), asked.limit)


async def classes_after(db: Queries, school_code: str, school_year: int) -> dict[UUID, ClassOfYear]:
    """The classes of the year that follows in which pupils may be put."""
    return {item.class_id: item for item in await open_classes(db, school_code, school_year + 1)}
