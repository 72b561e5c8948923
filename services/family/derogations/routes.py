"""HTTP routes of derogations."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import derogations_api as api
from contracts.family.derogations import (
    Derogation,
    DerogationCreate,
    DerogationDecision,
    DerogationReason,
    DerogationStatus,
    SchoolYear,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SiteCode

from . import commands, queries
from .queries import DerogationsAsked


@serves(api.record_derogation)
async def record_derogation(
    child_id: UUID, body: DerogationCreate, db: Database, actor: Actor, claim: Claim
) -> Derogation:
    return await commands.record_derogation(db, actor, claim, child_id, body)


@serves(api.list_derogations)
async def list_derogations(
    db: Database,
    actor: Actor,
    school_year: SchoolYear | None = None,
    status: DerogationStatus | None = None,
    reason: DerogationReason | None = None,
    school: SiteCode | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Derogation]:
    asked = DerogationsAsked(school_year, status, reason, school, cursor, limit)
    return await queries.list_derogations(db, actor, asked)


@serves(api.read_derogation)
async def read_derogation(derogation_id: UUID, db: Database, actor: Actor) -> Derogation:
    return await queries.read_derogation(db, actor, derogation_id)


@serves(api.child_derogations)
async def child_derogations(child_id: UUID, db: Database, actor: Actor) -> Page[Derogation]:
    return await queries.child_derogations(db, actor, child_id)


@serves(api.own_derogations)
async def own_derogations(db: Database, actor: Actor) -> Page[Derogation]:
    return await queries.own_derogations(db, actor)


@serves(api.decide_derogation)
async def decide_derogation(derogation_id: UUID, body: DerogationDecision, db: Database, actor: Actor) -> Derogation:
    return await commands.decide_derogation(db, actor, derogation_id, body)


@serves(api.withdraw_derogation)
async def withdraw_derogation(derogation_id: UUID, db: Database, actor: Actor) -> Derogation:
    return await commands.withdraw_derogation(db, actor, derogation_id)


ROUTES = (
    record_derogation,
    list_derogations,
    read_derogation,
    child_derogations,
    own_derogations,
    decide_derogation,
    withdraw_derogation,
)
