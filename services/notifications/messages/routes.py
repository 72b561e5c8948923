"""The private HTTP interface of messages."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.notifications.api import Message

from . import queries

PAGE_SIZE = 25


@get("/messages", operation_id="list_messages", tags=["messages"])
async def list_messages(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    recipient_id: FromQuery[UUID],
    cursor: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE,
) -> Page[Message]:
    """What was sent to a guardian or account, newest first."""
    return await queries.messages_of(db, actor, recipient_id, cursor, limit)
