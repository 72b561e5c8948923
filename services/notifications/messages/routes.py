"""HTTP routes of messages."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.notifications import api
from contracts.notifications.models import Message

from . import queries


@serves(api.list_messages)
async def list_messages(
    recipient_id: UUID, db: Database, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[Message]:
    return await queries.messages_of(db, recipient_id, cursor, limit)


@serves(api.own_messages)
async def own_messages(
    db: Database, actor: Actor, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[Message]:
    return await queries.messages_of(db, actor.require_guardian(), cursor, limit)


ROUTES = (list_messages, own_messages)
