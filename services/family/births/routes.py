"""HTTP routes of births."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import births_api
from contracts.family.births import Birth, BornChild, ExpectedChild
from contracts.http import Cursor, Page

from . import commands, queries


@serves(births_api.list_expected_children)
async def list_expected_children(db: Database, cursor: Cursor | None = None) -> Page[ExpectedChild]:
    return await queries.list_expected_children(db, cursor, await db.today())


@serves(births_api.register_birth)
async def register_birth(child_id: UUID, body: Birth, db: Database, actor: Actor) -> BornChild:
    return await commands.register_birth(db, actor, child_id, body)


ROUTES = (list_expected_children, register_birth)
