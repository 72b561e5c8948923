"""HTTP routes of the people around a child."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import entourage_api as api
from contracts.family.entourage import (
    Entourage,
    EntourageAdded,
    EntourageChange,
    EntourageCreate,
    EntourageEnd,
    EntourageOrder,
    EntouragePerson,
    PortraitCreate,
)
from contracts.http import File

from ..adapters.contents import Contents
from ..settings import FamilyRules
from . import commands, queries


@serves(api.read_entourage)
async def read_entourage(child_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Entourage:
    return await queries.read_entourage(db, actor, rules, child_id)


@serves(api.add_to_entourage)
async def add_to_entourage(
    body: EntourageCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> EntourageAdded:
    return await commands.add(db, actor, claim, rules, body)


@serves(api.change_entourage)
async def change_entourage(
    contact_id: UUID, body: EntourageChange, db: Database, actor: Actor, rules: FamilyRules
) -> EntouragePerson:
    return await commands.change(db, actor, rules, contact_id, body)


@serves(api.end_entourage)
async def end_entourage(contact_id: UUID, body: EntourageEnd, db: Database, actor: Actor) -> None:
    await commands.end(db, actor, contact_id, body.version)


@serves(api.order_entourage)
async def order_entourage(
    child_id: UUID, body: EntourageOrder, db: Database, actor: Actor, rules: FamilyRules
) -> Entourage:
    return await commands.order(db, actor, rules, child_id, body)


@serves(api.read_portrait)
async def read_portrait(contact_id: UUID, db: Database, actor: Actor) -> File:
    return await queries.read_portrait(db, actor, contact_id)


@serves(api.keep_portrait)
async def keep_portrait(contact_id: UUID, body: PortraitCreate, db: Database, actor: Actor, contents: Contents) -> None:
    await commands.keep_portrait(db, actor, contents, contact_id, body.content)


@serves(api.remove_portrait)
async def remove_portrait(contact_id: UUID, db: Database, actor: Actor) -> None:
    await commands.remove_portrait(db, actor, contact_id)


ROUTES = (
    read_entourage,
    add_to_entourage,
    change_entourage,
    end_entourage,
    order_entourage,
    read_portrait,
    keep_portrait,
    remove_portrait,
)
