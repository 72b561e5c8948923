"""HTTP routes of contacts."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import Contact, ContactChange
from contracts.types import ActorKind

from ..contact_changes.commands import change_own_contact
from ..settings import FamilyRules
from . import commands, queries


@serves(api.read_contact)
async def read_contact(adult_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Contact:
    return await queries.answer(db, actor, rules, await queries.contact_for(db, actor, rules, adult_id))


@serves(api.change_contact)
async def change_contact(
    adult_id: UUID, body: ContactChange, db: Database, actor: Actor, rules: FamilyRules
) -> Contact:
    if actor.kind is ActorKind.PARENT:
        return await change_own_contact(db, actor, rules, adult_id, body)
    return await commands.change_contact(db, actor, rules, adult_id, body)


ROUTES = (read_contact, change_contact)
