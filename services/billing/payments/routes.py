"""HTTP for payments."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from contracts.billing.api import Payment, PaymentStart, PaymentStarted

from . import commands, queries
from .commands import PaymentDesk, PaymentOrder


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


@get("/payments/{payment_id:uuid}", operation_id="read_payment", tags=["payments"])
async def read_payment(
    payment_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
) -> Payment:
    """A payment and its receipt once paid."""
    return await queries.payment_for(db, actor, payment_id)


ROUTES = (start_payment, read_payment)
