"""HTTP routes of imports."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import imports_api as api
from contracts.family.events import ImportFinding
from contracts.family.imports import ImportCreate, ImportLine, ImportRun
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from . import commands, queries
from .queries import LinesAsked


@serves(api.propose_household_import)
async def propose_household_import(body: ImportCreate, db: Database, actor: Actor, claim: Claim) -> ImportRun:
    return await commands.propose(db, actor, claim, body)


@serves(api.list_household_imports)
async def list_household_imports(db: Database) -> Page[ImportRun]:
    return await queries.list_runs(db)


@serves(api.read_household_import)
async def read_household_import(run_id: UUID, db: Database) -> ImportRun:
    return await queries.read_run(db, run_id)


@serves(api.list_import_lines)
async def list_import_lines(
    run_id: UUID,
    db: Database,
    finding: ImportFinding | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[ImportLine]:
    return await queries.list_lines(db, LinesAsked(run_id, finding, cursor, limit))


@serves(api.confirm_household_import)
async def confirm_household_import(run_id: UUID, db: Database, actor: Actor) -> ImportRun:
    return await commands.confirm(db, actor, run_id)


ROUTES = (
    propose_household_import,
    list_household_imports,
    read_household_import,
    list_import_lines,
    confirm_household_import,
)
