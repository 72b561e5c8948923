"""HTTP routes of circulars."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import circulars_api as api
from contracts.family.circular_words import CircularState
from contracts.family.circulars import (
    Circular,
    CircularChild,
    CircularCreate,
    CircularLine,
    CircularPreview,
    OwnCirculars,
    SentCircular,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from ..settings import FamilyRules
from . import commands, queries
from .queries import ChildrenAsked


@serves(api.own_circulars)
async def own_circulars(
    db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None
) -> OwnCirculars:
    return await queries.own_circulars(db, actor, rules, household_id)


@serves(api.preview_circular)
async def preview_circular(body: CircularCreate, db: Database, actor: Actor, rules: FamilyRules) -> CircularPreview:
    return await commands.preview(db, actor, rules, body)


@serves(api.send_circular)
async def send_circular(
    body: CircularCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> SentCircular:
    return await commands.send(db, actor, claim, rules, body)


@serves(api.list_circulars)
async def list_circulars(
    db: Database, actor: Actor, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[CircularLine]:
    return await queries.list_circulars(db, actor, cursor, limit)


@serves(api.read_circular)
async def read_circular(circular_id: UUID, db: Database, actor: Actor) -> Circular:
    return await queries.read_circular(db, actor, circular_id)


@serves(api.list_circular_children)
async def list_circular_children(
    circular_id: UUID,
    db: Database,
    actor: Actor,
    state: CircularState | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[CircularChild]:
    return await queries.list_children(db, actor, ChildrenAsked(circular_id, state, cursor, limit))


@serves(api.remind_circular)
async def remind_circular(circular_id: UUID, db: Database, actor: Actor) -> Circular:
    return await commands.remind(db, actor, circular_id)


@serves(api.add_latecomers)
async def add_latecomers(circular_id: UUID, db: Database, actor: Actor) -> Circular:
    return await commands.add_latecomers(db, actor, circular_id)


@serves(api.close_circular)
async def close_circular(circular_id: UUID, db: Database, actor: Actor) -> Circular:
    return await commands.close(db, actor, circular_id)


ROUTES = (
    own_circulars,
    preview_circular,
    send_circular,
    list_circulars,
    read_circular,
    list_circular_children,
    remind_circular,
    add_latecomers,
    close_circular,
)
