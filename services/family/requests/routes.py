"""HTTP routes of requests."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import requests_api as api
from contracts.family.document_words import KindCode
from contracts.family.procedure_words import Code
from contracts.family.request_words import RefusalGround, RequestNumber, RequestStatus
from contracts.family.requests import (
    BegunRequest,
    DraftEditor,
    DraftHold,
    OwnRequests,
    PieceChoice,
    Request,
    RequestCreate,
    RequestLine,
    StepAnswers,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from ..documents.commands import Papers
from ..settings import FamilyRules
from . import commands, queries
from .queries import RequestsAsked


@serves(api.own_requests)
async def own_requests(db: Database, actor: Actor, household_id: UUID | None = None) -> OwnRequests:
    return await queries.own_requests(db, actor, household_id)


@serves(api.begin_request)
async def begin_request(
    body: RequestCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> BegunRequest:
    return await commands.begin_request(db, actor, claim, rules, body)


@serves(api.keep_step)
async def keep_step(
    request_id: UUID, step: int, body: StepAnswers, db: Database, actor: Actor, rules: FamilyRules
) -> Request:
    return await commands.keep_step(db, actor, rules, (request_id, step), body)


@serves(api.hold_draft)
async def hold_draft(request_id: UUID, body: DraftHold, db: Database, actor: Actor) -> DraftEditor:
    return await commands.hold_draft(db, actor, request_id, body)


@serves(api.leave_draft)
async def leave_draft(request_id: UUID, db: Database, actor: Actor) -> None:
    await commands.leave_draft(db, actor, request_id)


@serves(api.give_piece)
async def give_piece(
    request_id: UUID, kind: KindCode, body: PieceChoice, db: Database, actor: Actor, rules: FamilyRules
) -> Request:
    return await commands.give_piece(db, actor, rules, (request_id, kind), body.document_id)


@serves(api.take_piece_back)
async def take_piece_back(request_id: UUID, kind: KindCode, db: Database, actor: Actor) -> None:
    await commands.take_piece_back(db, actor, request_id, kind)


@serves(api.send_request)
async def send_request(request_id: UUID, db: Database, actor: Actor, papers: Papers) -> Request:
    return await commands.send_request(db, actor, papers, request_id)


@serves(api.withdraw_request)
async def withdraw_request(request_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Request:
    return await commands.withdraw_request(db, actor, rules, request_id)


@serves(api.discard_request)
async def discard_request(request_id: UUID, db: Database, actor: Actor) -> None:
    await commands.discard_request(db, actor, request_id)


@serves(api.read_request)
async def read_request(request_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Request:
    return await queries.read_request(db, actor, rules, request_id)


@serves(api.list_requests)
async def list_requests(
    db: Database,
    actor: Actor,
    status: RequestStatus | None = None,
    code: Code | None = None,
    household_id: UUID | None = None,
    owner_id: UUID | None = None,
    is_open: bool = False,
    number: RequestNumber | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[RequestLine]:
    asked = RequestsAsked(status, code, household_id, owner_id, is_open, number, cursor, limit)
    return await queries.list_requests(db, actor, asked)


@serves(api.refusal_grounds)
async def refusal_grounds(db: Database, rules: FamilyRules) -> Page[RefusalGround]:
    return await queries.refusal_grounds(db, rules)


ROUTES = (
    own_requests,
    begin_request,
    keep_step,
    hold_draft,
    leave_draft,
    give_piece,
    take_piece_back,
    send_request,
    withdraw_request,
    discard_request,
    read_request,
    list_requests,
    refusal_grounds,
)
