"""HTTP routes of payment results."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.api import OperationId
from contracts.billing.models import PayfipNotification, Payment

from ..payments.commands import PaymentProvider
from . import commands


@serves(api.notify_payment)
async def notify(body: PayfipNotification, db: Database) -> None:
    await commands.note_notification(db, body.operation_id)


@serves(api.read_payment_by_operation)
async def read_by_operation(
    operation_id: OperationId, db: Database, actor: Actor, provider: PaymentProvider
) -> Payment:
    return await commands.payment_by_operation(db, actor, provider, operation_id)


ROUTES = (notify, read_by_operation)
