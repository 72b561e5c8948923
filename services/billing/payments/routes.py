"""HTTP routes of payments."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.models import Payment, PaymentStart, PaymentStarted

from . import commands, queries
from .commands import PaymentOrder, PaymentProvider


@serves(api.start_payment)
async def start_payment(
    invoice_id: UUID, body: PaymentStart, db: Database, actor: Actor, claim: Claim, provider: PaymentProvider
) -> PaymentStarted:
    return await commands.start_payment(db, actor, claim, provider, PaymentOrder(invoice_id, body.email))


@serves(api.read_payment)
async def read_payment(payment_id: UUID, db: Database, actor: Actor) -> Payment:
    return await queries.payment_for(db, actor, payment_id)


ROUTES = (start_payment, read_payment)
