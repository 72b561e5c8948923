"""HTTP for payments."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter

from chassis.actor import Actor
from chassis.database import Database
from chassis.idempotency import Claim
from contracts.billing.api import Payment, PaymentStart, PaymentStarted, PayfipNotice

from . import commands, queries
from .commands import OPERATION_ID_PATTERN, PaymentDesk, PaymentOrder

OperationId = Annotated[str, PathParameter(pattern=OPERATION_ID_PATTERN)]


@post("/invoices/{invoice_id:uuid}/payments", status_code=201, operation_id="start_payment", tags=["payments"])
async def start_payment(
    invoice_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    claim: NamedDependency[Claim],
    desk: NamedDependency[PaymentDesk],
    data: JSONBody[PaymentStart],
) -> PaymentStarted:
    """Start a payment of what is left of an invoice."""
    return await commands.start_payment(db, actor, claim, desk, PaymentOrder(invoice_id, data.email))


@post("/payfip/notifications", status_code=204, operation_id="notify_payment", tags=["payments"])
async def notify(db: NamedDependency[Database], data: JSONBody[PayfipNotice]) -> None:
    """The provider, or anybody, says that an operation has news."""
    await commands.note_notification(db, data.operation_id)


@get("/payments/by-operation/{operation_id:str}", operation_id="read_payment_by_operation", tags=["payments"])
async def read_by_operation(
    operation_id: OperationId,
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    desk: NamedDependency[PaymentDesk],
) -> Payment:
    """The payment that a payer comes back from, looked up now."""
    return await commands.payment_by_operation(db, actor, desk, operation_id)


@get("/payments/{payment_id:uuid}", operation_id="read_payment", tags=["payments"])
async def read_payment(
    payment_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> Payment:
    """A payment and its receipt once paid."""
    return await queries.payment_for(db, actor, payment_id)


ROUTES = (start_payment, notify, read_by_operation, read_payment)
