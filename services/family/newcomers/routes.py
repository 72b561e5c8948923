"""HTTP routes of adults who come to a file."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import newcomers_api
from contracts.family.models import Household
from contracts.family.newcomers import NewAdult

from . import commands


@serves(newcomers_api.add_adult)
async def add_adult(body: NewAdult, db: Database, actor: Actor, claim: Claim) -> Household:
    return await commands.add_adult(db, actor, claim, body)


ROUTES = (add_adult,)
