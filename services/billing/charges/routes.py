"""HTTP routes of quotes."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.models import Quote, QuoteRequest

from . import queries


@serves(api.quote)
async def quote(body: QuoteRequest, db: Database, actor: Actor) -> Quote:
    return await queries.quote(db, actor, body)


ROUTES = (quote,)
