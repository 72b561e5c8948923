"""HTTP routes of what waits for an agent."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.waiting import WaitingAsked
from chassis.http.routes import serves
from contracts.family import queue_api as api
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.queue import Age, OwnerAsked, OwnerChange, WaitingCount, WaitingItem, WaitingKind

from ..settings import FamilyRules
from . import commands, queries


@serves(api.list_waiting)
async def list_waiting(
    db: Database,
    actor: Actor,
    rules: FamilyRules,
    kind: WaitingKind | None = None,
    site: SiteCode | None = None,
    days: Age | None = None,
    owner: OwnerAsked | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[WaitingItem]:
    asked = WaitingAsked([kind] if kind else [*WaitingKind], site, days, owner, cursor, limit)
    return await queries.list_waiting(db, actor, rules, asked)


@serves(api.count_waiting)
async def count_waiting(
    db: Database, actor: Actor, rules: FamilyRules, site: SiteCode | None = None
) -> Page[WaitingCount]:
    return await queries.count_waiting(db, actor, rules, WaitingAsked([*WaitingKind], site))


@serves(api.read_waiting)
async def read_waiting(kind: WaitingKind, item_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> WaitingItem:
    return await queries.read_waiting(db, actor, rules, kind, item_id)


@serves(api.keep_owner)
async def keep_owner(kind: WaitingKind, item_id: UUID, body: OwnerChange, db: Database, actor: Actor) -> None:
    await commands.keep_owner(db, actor, kind, item_id, body)


ROUTES = (list_waiting, count_waiting, read_waiting, keep_owner)
