"""HTTP routes of custody."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import ChildFile, ResidenceChange, ResponsibilityChange, ResponsibilityEnd

from . import commands, queries


@serves(api.read_custody)
async def read_custody(child_id: UUID, db: Database) -> ChildFile:
    return await queries.child_file(db, child_id)


@serves(api.change_responsibility)
async def change_responsibility(
    child_id: UUID, adult_id: UUID, body: ResponsibilityChange, db: Database, actor: Actor
) -> ChildFile:
    return await commands.change_responsibility(db, actor, child_id, adult_id, body)


@serves(api.end_responsibility)
async def end_responsibility(
    child_id: UUID, adult_id: UUID, body: ResponsibilityEnd, db: Database, actor: Actor
) -> ChildFile:
    return await commands.end_responsibility(db, actor, child_id, adult_id, body)


@serves(api.change_residence)
async def change_residence(child_id: UUID, body: ResidenceChange, db: Database, actor: Actor) -> ChildFile:
    return await commands.change_residence(db, actor, child_id, body)


ROUTES = (read_custody, change_responsibility, end_responsibility, change_residence)
