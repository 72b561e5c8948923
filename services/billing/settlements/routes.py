"""HTTP for results of payments."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.api import OperationId
from contracts.billing.models import PayfipNotice, Payment

from ..payments.commands import PaymentDesk
from . import commands


@serves(api.notify_payment)
async def notify(body: PayfipNotice, db: Database) -> None:
    await commands.note_notification(db, body.operation_id)


@serves(api.read_payment_by_operation)
async def read_by_operation(operation_id: OperationId, db: Database, actor: Actor, desk: PaymentDesk) -> Payment:
    return await commands.payment_by_operation(db, actor, desk, operation_id)


ROUTES = (notify, read_by_operation)
