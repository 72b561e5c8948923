"""HTTP routes of a child's file: its health, and who looked at it."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import children_api as api
from contracts.family.health import ChildCard, Health, HealthChange, ProofSeen
from contracts.history import HistoryEntry
from contracts.http import Cursor, Page

from . import commands, queries


@serves(api.my_children)
async def my_children(db: Database, actor: Actor) -> Page[ChildCard]:
    return await queries.own_children(db, actor, await db.today())


@serves(api.read_health)
async def read_health(child_id: UUID, db: Database, actor: Actor) -> Health:
    return await commands.read_health(db, actor, child_id)


@serves(api.change_health)
async def change_health(child_id: UUID, body: HealthChange, db: Database, actor: Actor) -> Health:
    return await commands.change_health(db, actor, child_id, body)


@serves(api.note_proof)
async def note_proof(child_id: UUID, body: ProofSeen, db: Database, actor: Actor) -> Health:
    return await commands.note_proof(db, actor, child_id, body)


@serves(api.child_file_history)
async def child_file_history(
    child_id: UUID, db: Database, actor: Actor, cursor: Cursor | None = None
) -> Page[HistoryEntry]:
    return await queries.file_history(db, actor, child_id, cursor)


ROUTES = (my_children, read_health, change_health, note_proof, child_file_history)
