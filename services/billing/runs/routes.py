"""HTTP for invoice runs."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from contracts.billing.api import InvoiceRun, InvoiceRunCreate, InvoiceRunItem
from contracts.http import Page

from ..cursors import Cursor
from ..settings import BillingRules
from . import commands, queries


@post("/invoice-runs", status_code=201, operation_id="create_invoice_run", tags=["runs"])
async def create_run(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    claim: NamedDependency[Claim],
    rules: NamedDependency[BillingRules],
    data: JSONBody[InvoiceRunCreate],
) -> InvoiceRun:
    """Open the run of a month."""
    return await commands.create_run(db, actor, claim, rules, data)


@get("/invoice-runs", operation_id="list_invoice_runs", tags=["runs"])
async def list_runs(
    db: NamedDependency[Database], actor: NamedDependency[Actor], cursor: Cursor = None
) -> Page[InvoiceRun]:
    """Every run, the newest first."""
    return await queries.invoice_runs(db, actor, cursor)


@get("/invoice-runs/{run_id:uuid}", operation_id="read_invoice_run", tags=["runs"])
async def read_run(run_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]) -> InvoiceRun:
    """A run and its progress."""
    return await queries.invoice_run(db, actor, run_id)


@get("/invoice-runs/{run_id:uuid}/items", operation_id="list_invoice_run_items", tags=["runs"])
async def list_items(
    run_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor], cursor: Cursor = None
) -> Page[InvoiceRunItem]:
    """What each household would be invoiced."""
    return await queries.run_items(db, actor, run_id, cursor)


@post("/invoice-runs/{run_id:uuid}/review", status_code=200, operation_id="review_invoice_run", tags=["runs"])
async def review_run(
    run_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> InvoiceRun:
    """Mark the draft as reviewed."""
    return await commands.review_run(db, actor, run_id)


@post("/invoice-runs/{run_id:uuid}/issue", status_code=200, operation_id="issue_invoice_run", tags=["runs"])
async def issue_run(run_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]) -> InvoiceRun:
    """Start the issue of a reviewed run."""
    return await commands.issue_run(db, actor, run_id)


ROUTES = (create_run, list_runs, read_run, list_items, review_run, issue_run)
