"""HTTP routes of contacts."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import Contact, ContactChange

from ..settings import FamilyRules
from . import commands, queries


@serves(api.read_contact)
async def read_contact(adult_id: UUID, db: Database, actor: Actor) -> Contact:
    return queries.answer(await queries.load_contact(db, actor, adult_id, await db.today()))


@serves(api.change_contact)
async def change_contact(
    adult_id: UUID, body: ContactChange, db: Database, actor: Actor, rules: FamilyRules
) -> Contact:
    return await commands.change_contact(db, actor, rules, adult_id, body)


ROUTES = (read_contact, change_contact)
