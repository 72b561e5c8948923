"""HTTP routes of requests for protection."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import protection_api as api
from contracts.family.protection import ProtectionAsked, ProtectionEnd, ProtectionRequest
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from . import commands, queries
from .queries import RequestsAsked


@serves(api.ask_protection)
async def ask_protection(body: ProtectionAsked, db: Database, actor: Actor) -> None:
    await commands.ask_protection(db, actor, body)


@serves(api.list_protection_requests)
async def list_protection_requests(
    db: Database,
    household_id: UUID | None = None,
    request_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[ProtectionRequest]:
    return await queries.list_requests(db, RequestsAsked(household_id, request_id, cursor, limit))


@serves(api.close_protection_request)
async def close_protection_request(request_id: UUID, body: ProtectionEnd, db: Database, actor: Actor) -> None:
    await commands.close_request(db, actor, request_id, body)


ROUTES = (ask_protection, list_protection_requests, close_protection_request)
