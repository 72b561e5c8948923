"""The change of classes of a whole school: class by class and pupil by pupil, one press, how far it has come, the report, and the way back."""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.class_changes import (
    ClassChangeCreate,
    ClassChangeLine,
    ClassChangeRun,
    ClassChangeStatus,
    PupilStep,
    StepsChange,
)
from contracts.family.class_changes_api import (
    confirm_class_change,
    list_class_change,
    prepare_class_change,
    read_class_change,
    set_class_steps,
    set_pupil_step,
    undo_class_change,
)
from contracts.family.school_events import PupilOutcome, SchoolLevel, StepKind
from contracts.http import PAGE_SIZE_MAX, Page
from gateway.calls import Refused, typed_as
from portal.agents.schools.pages import YEAR, school_page
from portal.frame.agents import agent_name
from portal.frame.exports import Column, can_export, export
from portal.frame.spaces import action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/agents/passages/{run_id:uuid}"
SEPARATOR: Final = ":"
"""Between what becomes of pupils and their next class, in one choice."""
MOVED: Final = (PupilOutcome.TO_MOVE, PupilOutcome.MOVED)


@action(f"{YEAR}/passage", typing=None)
async def prepare(visit: Visit, school_code: str, year: int) -> Response[Any]:
    """Prepare the change of a year, or go to the one that there is."""
    try:
        run = await visit.call(prepare_class_change, school_code, typed_as(ClassChangeCreate, {"school_year": year}))
    except Refused as refused:
        return await show_again(visit, school_page, visit.refused(refused), school_code=school_code, year=year)
    return visit.redirect(change_page.address({"run_id": run.run_id}))


@page(PATH)
async def change_page(visit: Visit, run_id: UUID) -> Response[Any]:
    """A change of classes: its steps, its counts and its pupils."""
    outcome = _outcome(visit)
    run, lines = await asyncio.gather(
        visit.call(read_class_change, run_id), visit.call(list_class_change, run_id, outcome, visit.cursor)
    )
    context = {
        "run": run,
        "steps": [
            (step, _value(step.kind, step.to_class_id), _ways(visit, run, step.level, step.next_level))
            for step in run.steps
        ],
        "lines": [
            (
                line,
                _value(line.own_kind, line.to_class_id) if line.own_kind else "",
                _ways(visit, run, line.level, line.next_level),
            )
            for line in lines.items
        ],
        "next_cursor": lines.next_cursor,
        "outcome": outcome,
        "is_prepared": run.status is ClassChangeStatus.PREPARED,
        "moved_count": run.pupils(PupilOutcome.MOVED),
        "to_move_count": run.pupils(PupilOutcome.TO_MOVE),
        "unclassed_count": run.pupils(PupilOutcome.UNCLASSED),
        "undecided_count": run.pupils(PupilOutcome.UNDECIDED),
        "confirmed_by": await agent_name(visit, run.confirmed_by) if run.confirmed_by else "",
        "undone_by": await agent_name(visit, run.undone_by) if run.undone_by else "",
        "can_export": can_export(visit),
    }
    return visit.page("agents/schools/change.html.j2", context, form=visit.form())


def _value(kind: StepKind | None, class_id: UUID | None) -> str:
    return f"{kind}{SEPARATOR}{class_id}" if class_id else str(kind or "")


def _ways(
    visit: Visit, run: ClassChangeRun, level: SchoolLevel, next_level: SchoolLevel | None
) -> list[tuple[str, str]]:
    texts = visit.portal.texts
    kinds = ((StepKind.MOVES_UP, next_level), (StepKind.REPEATS, level))
    return [
        *(
            (_value(kind, item.class_id), texts(f"agents.class_change.way.{kind}", label=item.label))
            for kind, wanted in kinds
            for item in run.next_classes
            if wanted in item.levels
        ),
        (StepKind.LEAVES.value, texts("agents.class_change.way.leaves")),
    ]


def _read(choice: str) -> dict[str, Any]:
    """The body of a choice."""
    kind, _, class_id = choice.partition(SEPARATOR)
    return {"kind": kind or None, "to_class_id": class_id or None}


@action(PATH, typing=None)
async def save_steps(visit: Visit, run_id: UUID) -> Response[Any]:
    """Say what becomes of classes, and start the change when that was asked for."""
    steps = [
        {"class_id": parts[1], "level": parts[2], **_read(value or StepKind.UNDECIDED)}
        for name, value in visit.posted.values.items()
        if len(parts := name.split(".")) == 3 and parts[0] == "step"
    ]
    notice = "class_steps_saved"
    try:
        if steps:
            await visit.call(set_class_steps, run_id, typed_as(StepsChange, {"steps": steps}))
        if visit.posted.get("action") == "start":
            await visit.call(confirm_class_change, run_id)
            notice = "class_change_started"
    except Refused as refused:
        return await show_again(visit, change_page, visit.refused(refused), run_id=run_id)
    return visit.redirect(change_page.address({"run_id": run_id}), FlashNotice("success", notice))


@action(f"{PATH}/eleves/{{child_id:uuid}}", typing=None)
async def save_pupil(visit: Visit, run_id: UUID, child_id: UUID) -> Response[Any]:
    """Say what becomes of one pupil."""
    try:
        await visit.call(set_pupil_step, run_id, child_id, typed_as(PupilStep, _read(visit.posted.get("way"))))
    except Refused as refused:
        return await show_again(visit, change_page, visit.refused(refused), run_id=run_id)
    return visit.redirect(change_page.address({"run_id": run_id}), FlashNotice("success", "class_steps_saved"))


@action(f"{PATH}/annulation", typing=None)
async def undo(visit: Visit, run_id: UUID) -> Response[Any]:
    """Take all of it back."""
    try:
        await visit.call(undo_class_change, run_id)
    except Refused as refused:
        return await show_again(visit, change_page, visit.refused(refused), run_id=run_id)
    return visit.redirect(change_page.address({"run_id": run_id}), FlashNotice("success", "class_change_undone"))


@file(f"{PATH}/tableau")
async def change_file(visit: Visit, run_id: UUID) -> Response[Any]:
    """The report of a change, for a spreadsheet."""
    run, texts, outcome = await visit.call(read_class_change, run_id), visit.portal.texts, _outcome(visit)

    def read(cursor: str | None) -> Awaitable[Page[ClassChangeLine]]:
        return visit.call(list_class_change, run_id, outcome, cursor, PAGE_SIZE_MAX)

    columns: list[Column[ClassChangeLine]] = [
        Column("agents.pupils.last_name", lambda line: line.last_name),
        Column("agents.pupils.first_name", lambda line: line.first_name),
        Column("agents.pupils.birth_on", lambda line: line.birth_on),
        Column("agents.pupils.class", lambda line: line.class_label),
        Column("agents.pupils.level", lambda line: texts(f"school.level.{line.level}")),
        Column("agents.class_change.outcome", lambda line: texts(f"agents.class_change.outcome_of.{line.outcome}")),
        Column("agents.class_change.next_class", lambda line: line.to_class_label),
        Column("agents.class_change.next_level", lambda line: line.to_level and texts(f"school.level.{line.to_level}")),
    ]
    return await export(visit, f"passage-{run.school.code}-{run.school_year}", columns, read)


def _outcome(visit: Visit) -> PupilOutcome | None:
    """Which pupils the address asks for."""
    asked = visit.query("constat")
    return PupilOutcome(asked) if asked in tuple(PupilOutcome) else None


PAGES = [prepare, change_page, save_steps, save_pupil, undo, change_file]
