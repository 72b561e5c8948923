"""Invoices of a family, their document, and the way to pay them."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from contracts.billing.api import Invoice, InvoiceSummary, PaymentStart, PaymentStarted
from contracts.http import Page

from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor

PDF_TYPE = "application/pdf"


@get("/invoices", operation_id="list_invoices", tags=["invoices"])
async def list_invoices(
    caller: NamedDependency[Caller],
    services: NamedDependency[Services],
    household_id: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
) -> Page[InvoiceSummary]:
    """A family's own invoices, or a household's for an agent, the newest first."""
    return await services.billing.invoices(caller, household_id, cursor)


@get("/invoices/{invoice_id:uuid}", operation_id="read_invoice", tags=["invoices"])
async def read_invoice(
    invoice_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> Invoice:
    """An invoice, its lines and its payments."""
    return await services.billing.invoice(caller, invoice_id)


@get("/invoices/{invoice_id:uuid}/pdf", media_type=PDF_TYPE, operation_id="read_invoice_pdf", tags=["invoices"])
async def read_invoice_pdf(
    invoice_id: FromPath[UUID], caller: NamedDependency[Caller], services: NamedDependency[Services]
) -> Response[bytes]:
    """The invoice as a document."""
    content, described = await services.billing.invoice_pdf(caller, invoice_id)
    headers = {"Content-Disposition": described.get("content-disposition", "inline")}
    return Response(content, media_type=PDF_TYPE, headers=headers)


@post("/invoices/{invoice_id:uuid}/payments", operation_id="start_payment", tags=["invoices"])
async def start_payment(
    invoice_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    claim: NamedDependency[str],
    services: NamedDependency[Services],
    data: JSONBody[PaymentStart],
) -> PaymentStarted:
    """Begin to pay an invoice; the payer goes on at `redirect_url`."""
    return await services.payments.start_payment(caller, invoice_id, data, claim)


ROUTES = (list_invoices, read_invoice, read_invoice_pdf, start_payment)
