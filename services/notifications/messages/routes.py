"""HTTP routes of messages."""

from uuid import UUID

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
