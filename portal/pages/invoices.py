"""Invoices of a family and their payment: the list, an invoice with its document, the way to the provider and back."""

import contextlib
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from contracts.billing.api import (
    list_invoices,
    notify_payment,
    read_invoice,
    read_invoice_pdf,
    read_payment_by_operation,
    start_payment,
)
from contracts.billing.models import PayfipNotice, Payment, PaymentStart
from contracts.types import ActorKind, PaymentStatus
from gateway.admission import CSRF_EXEMPT
from gateway.calls import Refused, typed_as

from ..kit import FormState
from ..visit import Visit

OUTCOMES = {
    PaymentStatus.PAID: "paid",
    PaymentStatus.REFUSED: "refused",
    PaymentStatus.CANCELLED: "refused",
    PaymentStatus.EXPIRED: "refused",
}


@get("/factures")
async def invoices_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The family's invoices, latest first."""
    visit.require(ActorKind.PARENT)
    found = await visit.call(list_invoices, cursor=visit.cursor)
    return visit.page("invoices/list.html.j2", {"invoices": found.items, "next_cursor": found.next_cursor})


@get("/factures/{invoice_id:uuid}")
async def invoice_page(invoice_id: FromPath[UUID], visit: NamedDependency[Visit]) -> Response[Any]:
    """An invoice with its lines, its payments, and the way to pay it."""
    visit.require(ActorKind.PARENT)
    return await _invoice_page(visit, invoice_id, FormState())


@get("/factures/{invoice_id:uuid}/pdf")
async def invoice_document(invoice_id: FromPath[UUID], visit: NamedDependency[Visit]) -> Response[bytes]:
    """The invoice's document."""
    visit.visitor.require_ready()
    document = await visit.call(read_invoice_pdf, invoice_id)
    disposition = {"Content-Disposition": f'inline; filename="{document.name}"'}
    return Response(document.content, media_type=document.media_type, headers=disposition)


@post("/factures/{invoice_id:uuid}/paiement")
async def pay(invoice_id: FromPath[UUID], visit: NamedDependency[Visit]) -> Response[Any]:
    """Go to the payment provider, or say why it is not possible now."""
    visit.require(ActorKind.PARENT)
    try:
        started = await visit.call(start_payment, invoice_id, PaymentStart())
    except Refused as refused:
        return await _invoice_page(visit, invoice_id, visit.refused(refused))
    return Redirect(started.redirect_url, status_code=303)


@get("/paiement/retour")
async def payment_return(visit: NamedDependency[Visit]) -> Response[Any]:
    """Where the provider sends the browser back: the result is looked up, never believed from the address."""
    visit.require(ActorKind.PARENT)
    operation = next((v for k, v in visit.request.query_params.items() if k.lower() == "idop"), "")
    try:
        payment: Payment | None = await visit.call(read_payment_by_operation, operation) if operation else None
    except Refused:
        payment = None
    outcome = OUTCOMES.get(payment.status, "waiting") if payment else "unknown"
    context = {"payment": payment, "outcome": outcome, "refresh_url": f"/paiement/retour?idop={operation}"}
    return visit.page("invoices/payment.html.j2", context, status=200 if payment else 404)


@post("/paiement/notification", status_code=200, opt={CSRF_EXEMPT: True})
async def payment_notification(visit: NamedDependency[Visit]) -> Response[str]:
    """The provider says that an operation ended; it gets no information in return."""
    named = {**dict(visit.request.query_params.items()), **visit.posted.values}
    operation = next((str(value) for name, value in named.items() if name.lower() == "idop"), "")
    with contextlib.suppress(Refused):
        await visit.call(notify_payment, typed_as(PayfipNotice, {"operation_id": operation}))
    return Response("", media_type="text/plain")


async def _invoice_page(visit: Visit, invoice_id: UUID, form: FormState) -> Response[str]:
    invoice = await visit.call(read_invoice, invoice_id)
    reason = ""
    if not invoice.is_payable_online and invoice.payable_reason:
        reason = visit.portal.refusals.refusal(invoice.payable_reason, invoice.payable_params)
    context = {
        "invoice": invoice,
        "left_cents": invoice.total_cents - invoice.paid_cents,
        "receipts": [payment for payment in invoice.payments if payment.status is PaymentStatus.PAID],
        "reason": reason,
        "key": str(uuid4()),
    }
    return visit.page("invoices/invoice.html.j2", context, form=form)


HANDLERS = [invoices_page, invoice_page, invoice_document, pay, payment_return, payment_notification]
