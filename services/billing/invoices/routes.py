"""HTTP for invoices."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from chassis.actor import Actor
from chassis.database import Database
from contracts.billing.api import Invoice, InvoiceSummary
from contracts.http import Page

from ..cursors import Cursor
from ..settings import BillingRules
from . import queries


@get("/invoices", operation_id="list_invoices", tags=["invoices"])
async def list_invoices(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    household_id: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
) -> Page[InvoiceSummary]:
    """Invoices, the newest first."""
    return await queries.invoices(db, actor, household_id, cursor)


@get("/invoices/{invoice_id:uuid}", operation_id="read_invoice", tags=["invoices"])
async def read_invoice(
    invoice_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rules: NamedDependency[BillingRules],
) -> Invoice:
    """An invoice, its lines and its payments."""
    return await queries.invoice(db, actor, rules, invoice_id)


ROUTES = (list_invoices, read_invoice)
