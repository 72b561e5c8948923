"""HTTP routes of requests for protection."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import protection_api as api
from contracts.family.protection import ProtectionAsked, ProtectionEnd, ProtectionRequests

from . import commands, queries


@serves(api.ask_protection)
async def ask_protection(body: ProtectionAsked, db: Database, actor: Actor) -> None:
    await commands.ask_protection(db, actor, body)


@serves(api.list_protection_requests)
async def list_protection_requests(db: Database) -> ProtectionRequests:
    return await queries.list_requests(db)


@serves(api.close_protection_request)
async def close_protection_request(request_id: UUID, body: ProtectionEnd, db: Database, actor: Actor) -> None:
    await commands.close_request(db, actor, request_id, body)


ROUTES = (ask_protection, list_protection_requests, close_protection_request)
