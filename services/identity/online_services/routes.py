"""The HTTP route of the online services that an account does without."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import online_services_api
from contracts.identity.online_services import OnlineServicesChoice

from . import commands


@serves(online_services_api.choose_online_services)
async def choose_online_services(body: OnlineServicesChoice, db: Database, actor: Actor) -> OnlineServicesChoice:
    return await commands.choose_online_services(db, actor, body)


ROUTES = [choose_online_services]
