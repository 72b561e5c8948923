"""Invoices of a family and their payment: the list, an invoice with its document, the way to the provider and back."""

import contextlib
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from contracts.types import ActorKind, PaymentStatus
from gateway.admission import CSRF_EXEMPT, Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ..render import Portal

AnyRequest = Request[Any, Any, Any]
OUTCOMES = {
    PaymentStatus.PAID: "paid",
    PaymentStatus.REFUSED: "refused",
    PaymentStatus.CANCELLED: "refused",
    PaymentStatus.EXPIRED: "refused",
}


@get("/factures")
async def invoices_page(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """The family's invoices, latest first."""
    visitor.require(ActorKind.PARENT)
    page = await services.billing.invoices(visitor.caller, cursor=request.query_params.get("suite"))
    context = {"invoices": page.items, "next_cursor": page.next_cursor}
    return portal.page(request, "invoices/list.html.j2", visitor, context)


@get("/factures/{invoice_id:uuid}")
async def invoice_page(
    request: AnyRequest,
    invoice_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    services: NamedDependency[Services],
) -> Response[Any]:
    """An invoice with its lines, its payments, and the way to pay it."""
    visitor.require(ActorKind.PARENT)
    return await _invoice_page(request, visitor, services, invoice_id)


@get("/factures/{invoice_id:uuid}/pdf")
async def invoice_document(
    invoice_id: FromPath[UUID], visitor: NamedDependency[Visitor], services: NamedDependency[Services]
) -> Response[bytes]:
    """The invoice's document."""
    visitor.require_ready()
    content, described = await services.billing.invoice_pdf(visitor.caller, invoice_id)
    disposition = {"Content-Disposition": described.get("content-disposition", "inline")}
    return Response(content, media_type="application/pdf", headers=disposition)


@post("/factures/{invoice_id:uuid}/paiement")
async def pay(
    request: AnyRequest,
    invoice_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Go to the payment provider, or say why it is not possible now."""
    visitor.require(ActorKind.PARENT)
    portal: Portal = request.app.state.portal
    key = form.get("idempotency_key") or str(uuid4())
    try:
        started = await services.payments.start_payment(visitor.caller, invoice_id, {}, key)
    except Refused as refused:
        if refused.problem.status == 404:
            raise
        text = portal.refusal_text(refused.problem)
        return await _invoice_page(request, visitor, services, invoice_id, (refused.problem.status, text))
    return Redirect(started.redirect_url, status_code=303)


@get("/paiement/retour")
async def payment_return(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Where the provider sends the browser back: the result is looked up, never believed from the address."""
    visitor.require(ActorKind.PARENT)
    operation = next((v for k, v in request.query_params.items() if k.lower() == "idop"), "")
    try:
        payment = await services.payments.payment_by_operation(visitor.caller, operation) if operation else None
    except Refused:
        payment = None
    outcome = OUTCOMES.get(payment.status, "waiting") if payment else "unknown"
    context = {"payment": payment, "outcome": outcome, "refresh_url": f"/paiement/retour?idop={operation}"}
    return portal.page(request, "invoices/payment.html.j2", visitor, context, status=200 if payment else 404)


@post("/paiement/notification", status_code=200, opt={CSRF_EXEMPT: True})
async def payment_notification(
    request: AnyRequest, form: NamedDependency[Form], services: NamedDependency[Services]
) -> Response[str]:
    """The provider says that an operation ended; it gets no information in return."""
    named = {**dict(request.query_params.items()), **form.values}
    operation = next((str(value) for name, value in named.items() if name.lower() == "idop"), "")
    with contextlib.suppress(Refused):
        await services.payments.notify_payment(operation)
    return Response("", media_type="text/plain")


async def _invoice_page(
    request: AnyRequest, visitor: Visitor, services: Services, invoice_id: UUID, refused: tuple[int, str] = (200, "")
) -> Response[str]:
    portal: Portal = request.app.state.portal
    status, refusal = refused
    invoice = await services.billing.invoice(visitor.caller, invoice_id)
    reason = ""
    if not invoice.is_payable_online and invoice.payable_reason:
        reason = portal.refusals.refusal(invoice.payable_reason, invoice.payable_params)
    context = {
        "invoice": invoice,
        "left_cents": invoice.total_cents - invoice.paid_cents,
        "receipts": [payment for payment in invoice.payments if payment.status is PaymentStatus.PAID],
        "refusal": refusal,
        "reason": reason,
        "key": str(uuid4()),
    }
    return portal.page(request, "invoices/invoice.html.j2", visitor, context, status=status)


HANDLERS = [invoices_page, invoice_page, invoice_document, pay, payment_return, payment_notification]
