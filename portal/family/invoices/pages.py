"""Invoices of a family and their payment: the list, an invoice with its document, the way to the provider and back."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.response import Redirect

from contracts.billing.api import (
    list_invoices,
    notify_payment,
    read_account,
    read_invoice,
    read_invoice_pdf,
    read_payment_by_operation,
    start_payment,
)
from contracts.billing.models import PayfipNotification, Payment, PaymentStart
from contracts.types import PaymentStatus
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.spaces import action, anybody, page, show_again, signed_in
from portal.frame.visit import Visit

OUTCOMES = {
    PaymentStatus.PAID: "paid",
    PaymentStatus.REFUSED: "refused",
    PaymentStatus.CANCELLED: "refused",
    PaymentStatus.EXPIRED: "refused",
}


@page("/factures")
async def invoices_page(visit: Visit) -> Response[Any]:
    """The family's invoices, latest first, whichever of their files is looked at: also those of a household that they left and still
    have to pay. And the credit that the next one will use."""
    invoices, account = await asyncio.gather(
        visit.call_about_all(list_invoices, cursor=visit.cursor), permitted(visit.call(read_account))
    )
    context = {
        "invoices": invoices.items,
        "next_cursor": invoices.next_cursor,
        "account": account,
        "is_of_all_files": visit.visitor.household is not None,
        "has_resources": visit.opens("/quotient-et-ressources"),
    }
    return visit.page("family/invoices/list.html.j2", context)


@page("/factures/{invoice_id:uuid}")
async def invoice_page(visit: Visit, invoice_id: UUID) -> Response[Any]:
    """An invoice with its lines, its payments, and the way to pay it."""
    invoice = await visit.call(read_invoice, invoice_id)
    reason = ""
    if not invoice.is_payable_online and invoice.payable_reason:
        reason = visit.portal.refusals.refusal(invoice.payable_reason, invoice.payable_params)
    context = {
        "invoice": invoice,
        "receipts": [payment for payment in invoice.payments if payment.status is PaymentStatus.PAID],
        "reason": reason,
    }
    return visit.page("family/invoices/invoice.html.j2", context, form=visit.form())


@page("/factures/{invoice_id:uuid}/pdf", admits=signed_in)
async def invoice_document(visit: Visit, invoice_id: UUID) -> Response[bytes]:
    document = await visit.call(read_invoice_pdf, invoice_id)
    disposition = {"Content-Disposition": f'inline; filename="{document.name}"'}
    return Response(document.content, media_type=document.media_type, headers=disposition)


@action("/factures/{invoice_id:uuid}/paiement")
async def pay(visit: Visit, invoice_id: UUID) -> Response[Any]:
    """Go to the payment provider, or say why it is not possible now."""
    try:
        started = await visit.call(start_payment, invoice_id, PaymentStart())
    except Refused as refused:
        return await show_again(visit, invoice_page, visit.refused(refused), invoice_id=invoice_id)
    return Redirect(started.redirect_url, status_code=303)


@page("/paiement/retour")
async def payment_return(visit: Visit) -> Response[Any]:
    """Where the provider sends the browser back: the result is looked up, never believed from the address."""
    operation = next((v for k, v in visit.request.query_params.items() if k.lower() == "idop"), "")
    try:
        payment: Payment | None = await visit.call(read_payment_by_operation, operation) if operation else None
    except Refused:
        payment = None
    outcome = OUTCOMES.get(payment.status, "waiting") if payment else "unknown"
    context = {"payment": payment, "outcome": outcome, "refresh_url": f"/paiement/retour?idop={operation}"}
    return visit.page("family/invoices/payment.html.j2", context, status=200 if payment else 404)


@action("/paiement/notification", admits=anybody, is_of_others=True)
async def payment_notification(visit: Visit) -> Response[str]:
    """The provider says that an operation ended; it gets no information in return."""
    named = {**dict(visit.request.query_params.items()), **visit.posted.values}
    operation = next((str(value) for name, value in named.items() if name.lower() == "idop"), "")
    with contextlib.suppress(Refused):
        await visit.call(notify_payment, typed_as(PayfipNotification, {"operation_id": operation}))
    return Response("", media_type="text/plain")


PAGES = [invoices_page, invoice_page, invoice_document, pay, payment_return, payment_notification]
