"""Routes of accounts."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.identity.api import Account

from . import queries

PAGE_SIZE = 25


@get("/accounts", operation_id="list_accounts", tags=["accounts"])
async def list_accounts(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    guardian_id: FromQuery[UUID | None] = None,
    cursor: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE,
) -> Page[Account]:
    """The account of a guardian, or every account page by page."""
    return await queries.list_accounts(db, actor, guardian_id, cursor, limit)
