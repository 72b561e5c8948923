"""HTTP routes of changes of classes."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import class_changes_api as api
from contracts.family.class_changes import (
    ClassChangeCreate,
    ClassChangeLine,
    ClassChangeRun,
    PupilOutcome,
    PupilStep,
    StepsChange,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode

from . import commands, queries
from .queries import LinesAsked


@serves(api.prepare_class_change)
async def prepare_class_change(
    school_code: SiteCode, body: ClassChangeCreate, db: Database, actor: Actor
) -> ClassChangeRun:
    return await commands.prepare(db, actor, school_code, body)


@serves(api.read_class_change)
async def read_class_change(run_id: UUID, db: Database, actor: Actor) -> ClassChangeRun:
    return await queries.read_run(db, actor, run_id)


@serves(api.list_class_change)
async def list_class_change(
    run_id: UUID,
    db: Database,
    actor: Actor,
    outcome: PupilOutcome | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[ClassChangeLine]:
    return await queries.list_lines(db, actor, LinesAsked(run_id, outcome, cursor, limit))


@serves(api.set_class_steps)
async def set_class_steps(run_id: UUID, body: StepsChange, db: Database, actor: Actor) -> ClassChangeRun:
    return await commands.set_steps(db, actor, run_id, body)


@serves(api.set_pupil_step)
async def set_pupil_step(run_id: UUID, child_id: UUID, body: PupilStep, db: Database, actor: Actor) -> ClassChangeRun:
    return await commands.set_pupil(db, actor, run_id, child_id, body)


@serves(api.confirm_class_change)
async def confirm_class_change(run_id: UUID, db: Database, actor: Actor) -> ClassChangeRun:
    return await commands.confirm(db, actor, run_id)


@serves(api.undo_class_change)
async def undo_class_change(run_id: UUID, db: Database, actor: Actor) -> ClassChangeRun:
    return await commands.undo(db, actor, run_id)


ROUTES = (
    prepare_class_change,
    read_class_change,
    list_class_change,
    set_class_steps,
    set_pupil_step,
    confirm_class_change,
    undo_class_change,
)
