"""The control interface of the simulator, for tests and demonstrations: switches, direct results, the provider's journal."""

import dataclasses
from datetime import datetime
from typing import Annotated, Any

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import Field

from .controls import ClockSwitch, Controls, FaultSwitch, NotificationSwitch, Switch
from .provider import Provider
from .rules import AMOUNT_CENTS_MAX, ResultCode
from .store import Operation

JOURNAL_MAX = 10_000
Limit = Annotated[int, QueryParameter(ge=1, le=JOURNAL_MAX)]


class ResultOrder(Switch):
    """The result to record without the screens."""

    result: ResultCode


class AmountOrder(Switch):
    """The amount that look-ups answer, in cents; null for the true one."""

    amount_cents: int | None = Field(ge=0, le=AMOUNT_CENTS_MAX)


@get("/")
async def read_controls(provider: NamedDependency[Provider]) -> Controls:
    return provider.controls


@post("/reset", status_code=200)
async def reset(provider: NamedDependency[Provider]) -> Controls:
    """Every switch back to the faithful behaviour; operations stay."""
    provider.change_controls(Controls())
    return provider.controls


@post("/notifications", status_code=200)
async def set_notifications(data: JSONBody[NotificationSwitch], provider: NamedDependency[Provider]) -> Controls:
    provider.change_controls(provider.controls.model_copy(update={"notifications": data}))
    return provider.controls


@post("/faults", status_code=200)
async def set_faults(data: JSONBody[FaultSwitch], provider: NamedDependency[Provider]) -> Controls:
    provider.change_controls(provider.controls.model_copy(update={"faults": data}))
    return provider.controls


@post("/clock", status_code=200)
async def set_clock(data: JSONBody[ClockSwitch], provider: NamedDependency[Provider]) -> Controls:
    provider.change_controls(provider.controls.model_copy(update={"clock": data}))
    return provider.controls


@post("/night", status_code=200)
async def night(provider: NamedDependency[Provider]) -> dict[str, list[str]]:
    """Delete the operations whose page was never opened."""
    return {"deleted": provider.store.delete_never_opened(provider.now())}


@get("/operations")
async def journal(
    provider: NamedDependency[Provider],
    refdet: FromQuery[str] = "",
    numcli: FromQuery[str] = "",
    limit: Limit = JOURNAL_MAX,
) -> list[dict[str, Any]]:
    """The provider's journal, newest first."""
    return [_document(operation) for operation in provider.store.journal(refdet=refdet, numcli=numcli, limit=limit)]


@get("/operations/{id_op:str}")
async def show_operation(provider: NamedDependency[Provider], id_op: FromPath[str]) -> dict[str, Any]:
    return _document(_found(provider, id_op))


@post("/operations/{id_op:str}/result", status_code=200)
async def set_result(
    data: JSONBody[ResultOrder], provider: NamedDependency[Provider], id_op: FromPath[str]
) -> dict[str, Any]:
    """Record a result without the screens, at any age; 409 when there already is one."""
    operation = _found(provider, id_op)
    if operation.deleted_at is not None or not provider.record(id_op, data.result):
        raise ClientException(status_code=409, detail="this operation has a result or was deleted")
    return _document(_found(provider, id_op))


@post("/operations/{id_op:str}/amount", status_code=200)
async def set_amount(
    data: JSONBody[AmountOrder], provider: NamedDependency[Provider], id_op: FromPath[str]
) -> dict[str, Any]:
    """Make look-ups answer another amount."""
    _found(provider, id_op)
    provider.store.answer_amount(id_op, None if data.amount_cents is None else str(data.amount_cents))
    return _document(_found(provider, id_op))


@post("/operations/{id_op:str}/notify", status_code=202)
async def notify_again(provider: NamedDependency[Provider], id_op: FromPath[str]) -> dict[str, str]:
    """Send one more notification, even without a result."""
    provider.notify_again(_found(provider, id_op).id_op)
    return {"status": "queued"}


@get("/deliveries")
async def deliveries(
    provider: NamedDependency[Provider], id_op: FromQuery[str] = "", limit: Limit = JOURNAL_MAX
) -> list[dict[str, Any]]:
    """The notifications sent or to send, newest first, with their last answer."""
    return [_json(dataclasses.asdict(notification)) for notification in provider.store.notifications(id_op, limit)]


def _found(provider: Provider, id_op: str) -> Operation:
    operations = provider.store.journal(id_op=id_op, limit=1)
    if not operations:
        raise NotFoundException(detail="no such operation")
    return operations[0]


def _document(operation: Operation) -> dict[str, Any]:
    return _json(dataclasses.asdict(operation))


def _json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


ROUTES: list[HTTPRouteHandler] = [
    read_controls,
    reset,
    set_notifications,
    set_faults,
    set_clock,
    night,
    journal,
    show_operation,
    set_result,
    set_amount,
    notify_again,
    deliveries,
]
control_router = Router(path="/control", route_handlers=ROUTES)
