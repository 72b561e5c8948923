"""HTTP for invoices."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.api import Invoice, InvoiceSummary
from contracts.http import Page

from ..adapters.typesetting import Typesetter
from ..cursors import Cursor
from ..settings import BillingRules
from . import commands, queries

PDF_TYPE = "application/pdf"


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


@get("/invoices/{invoice_id:uuid}/pdf", media_type=PDF_TYPE, operation_id="read_invoice_pdf", tags=["invoices"])
async def read_pdf(
    invoice_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rules: NamedDependency[BillingRules],
    typesetter: NamedDependency[Typesetter],
) -> Response[bytes]:
    """The invoice as an accessible PDF (PDF/UA-1)."""
    name, pdf = await commands.invoice_document(db, actor, rules, typesetter, invoice_id)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(pdf, media_type=PDF_TYPE, headers=headers)


ROUTES = (list_invoices, read_invoice, read_pdf)
