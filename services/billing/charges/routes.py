"""HTTP for quotes."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.api import Quote, QuoteRequest

from . import queries


@post("/quotes", status_code=200, operation_id="quote", tags=["charges"])
async def quote(db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[QuoteRequest]) -> Quote:
    """What a basket would cost now."""
    return await queries.quote(db, actor, data)


ROUTES = (quote,)
