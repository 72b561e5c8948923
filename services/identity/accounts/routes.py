"""HTTP routes of accounts."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity import accounts_api, api
from contracts.identity.accounts import FamilyAccount, FamilyAccountCount, FamilyAccountState, LastSignIn
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


@serves(accounts_api.list_family_accounts)
async def list_family_accounts(
    db: Database,
    state: FamilyAccountState | None = None,
    last_sign_in: LastSignIn | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[FamilyAccount]:
    return await queries.family_accounts(db, state, last_sign_in, cursor, limit)


@serves(accounts_api.count_family_accounts)
async def count_family_accounts(db: Database, last_sign_in: LastSignIn | None = None) -> Page[FamilyAccountCount]:
    return await queries.family_counts(db, last_sign_in)


LISTS = (list_accounts, list_family_accounts, count_family_accounts)
