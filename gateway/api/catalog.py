"""The town's catalogue and its prices, open to everyone; the price of a basket, for a family."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contracts.billing.api import Quote, QuoteRequest, Tariff
from contracts.booking.api import Activity
from contracts.http import Page

from ..auth import Visitor
from ..clients.calling import Caller
from ..services import Services
from .admission import Cursor


@get("/activities", operation_id="list_activities", tags=["catalog"], security=[{}])
async def list_activities(
    visitor: NamedDependency[Visitor], services: NamedDependency[Services], cursor: Cursor = None
) -> Page[Activity]:
    """The town's activities."""
    return await services.booking.activities(visitor.caller, cursor)


@get("/tariffs", operation_id="list_tariffs", tags=["catalog"], security=[{}])
async def list_tariffs(
    visitor: NamedDependency[Visitor], services: NamedDependency[Services], cursor: Cursor = None
) -> Page[Tariff]:
    """The grids in force, and those to come."""
    return await services.billing.tariffs(visitor.caller, cursor)


@post("/quotes", status_code=200, operation_id="quote", tags=["catalog"])
async def quote(
    caller: NamedDependency[Caller], services: NamedDependency[Services], data: JSONBody[QuoteRequest]
) -> Quote:
    """What a basket of days would cost now, line by line, and why."""
    return await services.billing.quote(caller, data)


ROUTES = (list_activities, list_tariffs, quote)
