"""HTTP routes of where children go to school."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import schools_api as api
from contracts.family.schools import ChildSchooling, SchoolingChange, SchoolingEnd
from contracts.http import Page

from . import commands, queries


@serves(api.read_schooling)
async def read_schooling(child_id: UUID, db: Database, actor: Actor) -> ChildSchooling:
    return await queries.read_schooling(db, actor, child_id)


@serves(api.list_schoolings)
async def list_schoolings(household_id: UUID, db: Database, actor: Actor) -> Page[ChildSchooling]:
    return await queries.list_schoolings(db, actor, household_id)


@serves(api.change_schooling)
async def change_schooling(child_id: UUID, body: SchoolingChange, db: Database, actor: Actor) -> ChildSchooling:
    return await commands.change_schooling(db, actor, child_id, body)


@serves(api.end_schooling)
async def end_schooling(child_id: UUID, body: SchoolingEnd, db: Database, actor: Actor) -> ChildSchooling:
    return await commands.end_schooling(db, actor, child_id, body)


ROUTES = (read_schooling, list_schoolings, change_schooling, end_schooling)
