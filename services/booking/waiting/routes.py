"""HTTP routes of requests that wait for an agent."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.waiting import WaitingAsked
from chassis.http.routes import serves
from contracts.booking import queue_api as api
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode
from contracts.queue import Age, OwnerAsked, OwnerChange, WaitingCount, WaitingItem

from . import commands, queries
from .queries import KINDS, Promise


@serves(api.list_waiting_enrollments)
async def list_waiting_enrollments(
    db: Database,
    actor: Actor,
    promise: Promise,
    site: SiteCode | None = None,
    days: Age | None = None,
    owner: OwnerAsked | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[WaitingItem]:
    return await queries.list_waiting(db, actor, promise, WaitingAsked(KINDS, site, days, owner, cursor, limit))


@serves(api.count_waiting_enrollments)
async def count_waiting_enrollments(
    db: Database, actor: Actor, promise: Promise, site: SiteCode | None = None
) -> Page[WaitingCount]:
    return await queries.count_waiting(db, actor, promise, WaitingAsked(KINDS, site))


@serves(api.read_waiting_enrollment)
async def read_waiting_enrollment(enrollment_id: UUID, db: Database, actor: Actor, promise: Promise) -> WaitingItem:
    return await queries.read_waiting(db, actor, promise, enrollment_id)


@serves(api.keep_enrollment_owner)
async def keep_enrollment_owner(enrollment_id: UUID, body: OwnerChange, db: Database, actor: Actor) -> None:
    await commands.keep_owner(db, actor, enrollment_id, body)


ROUTES = (list_waiting_enrollments, count_waiting_enrollments, read_waiting_enrollment, keep_enrollment_owner)
