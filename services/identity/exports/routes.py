"""HTTP routes of exports."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.step_up import Export

from . import commands


@serves(api.record_export)
async def record_export(body: Export, db: Database, actor: Actor) -> None:
    await commands.record_export(db, actor, body.name)


ROUTES = [record_export]
