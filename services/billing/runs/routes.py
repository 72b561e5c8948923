"""HTTP routes of invoice runs."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.models import InvoiceRun, InvoiceRunCreate, InvoiceRunItem, InvoiceRunReview
from contracts.http import Cursor, Page

from ..settings import BillingRules
from . import commands, queries


@serves(api.create_invoice_run)
async def create_run(
    body: InvoiceRunCreate, db: Database, actor: Actor, claim: Claim, rules: BillingRules
) -> InvoiceRun:
    return await commands.create_run(db, actor, claim, rules, body)


@serves(api.list_invoice_runs)
async def list_runs(db: Database, rules: BillingRules, cursor: Cursor | None = None) -> Page[InvoiceRun]:
    return await queries.invoice_runs(db, rules, cursor)


@serves(api.read_invoice_run)
async def read_run(run_id: UUID, db: Database, rules: BillingRules) -> InvoiceRun:
    return await queries.invoice_run(db, rules, run_id)


@serves(api.list_invoice_run_items)
async def list_items(run_id: UUID, db: Database, cursor: Cursor | None = None) -> Page[InvoiceRunItem]:
    return await queries.run_items(db, run_id, cursor)


@serves(api.review_invoice_run)
async def review_run(
    run_id: UUID, body: InvoiceRunReview, db: Database, actor: Actor, rules: BillingRules
) -> InvoiceRun:
    return await commands.review_run(db, actor, rules, run_id, body)


@serves(api.issue_invoice_run)
async def issue_run(run_id: UUID, db: Database, actor: Actor, rules: BillingRules) -> InvoiceRun:
    return await commands.issue_run(db, actor, rules, run_id)


@serves(api.redraft_invoice_run)
async def redraft_run(run_id: UUID, db: Database, actor: Actor, rules: BillingRules) -> InvoiceRun:
    return await commands.redraft_run(db, actor, rules, run_id)


@serves(api.discard_invoice_run)
async def discard_run(run_id: UUID, db: Database, actor: Actor) -> None:
    await commands.discard_run(db, actor, run_id)


ROUTES = (create_run, list_runs, read_run, list_items, review_run, issue_run, redraft_run, discard_run)
