"""HTTP for results of payments."""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.api import PayfipNotice, Payment

from ..payments.commands import PaymentDesk
from . import commands
from .commands import OPERATION_ID_PATTERN

OperationId = Annotated[str, PathParameter(pattern=OPERATION_ID_PATTERN)]


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


ROUTES = (notify, read_by_operation)
