"""HTTP routes of accounts."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity import api
from contracts.identity.models import Account

from ..settings import IdentityRules
from . import queries


@serves(api.list_accounts)
async def list_accounts(
    db: Database,
    rules: IdentityRules,
    guardian_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Account]:
    return await queries.list_accounts(db, rules, guardian_id, cursor, limit)


@serves(api.identity_history)
async def identity_history(
    db: Database, actor: Actor, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[HistoryEntry]:
    return await queries.history(db, actor, household_id, cursor)
