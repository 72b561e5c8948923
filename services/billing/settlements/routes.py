"""HTTP routes of payment results, and of what is odd about them."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.api import OperationId
from contracts.billing.models import PayfipNotification, Payment, PaymentAnomaly
from contracts.http import Cursor, Page

from ..payments.commands import PaymentProvider
from . import commands, queries


@serves(api.notify_payment)
async def notify(body: PayfipNotification, db: Database) -> None:
    await commands.note_notification(db, body.operation_id)


@serves(api.read_payment_by_operation)
async def read_by_operation(
    operation_id: OperationId, db: Database, actor: Actor, provider: PaymentProvider
) -> Payment:
    return await commands.payment_by_operation(db, actor, provider, operation_id)


@serves(api.list_payment_anomalies)
async def list_anomalies(db: Database, cursor: Cursor | None = None) -> Page[PaymentAnomaly]:
    return await queries.anomalies(db, cursor)


ROUTES = (notify, read_by_operation, list_anomalies)
