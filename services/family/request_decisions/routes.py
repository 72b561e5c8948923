"""HTTP routes of what agents do with requests."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import requests_api as api
from contracts.family.requests import Request, RequestDecision, RequestTaking

from ..documents.commands import Papers
from ..settings import FamilyRules
from . import commands


@serves(api.take_request)
async def take_request(
    request_id: UUID, body: RequestTaking, db: Database, actor: Actor, rules: FamilyRules
) -> Request:
    return await commands.take_request(db, actor, rules, request_id, is_taking_over=body.is_taking_over)


@serves(api.decide_request)
async def decide_request(
    request_id: UUID, body: RequestDecision, db: Database, actor: Actor, papers: Papers
) -> Request:
    return await commands.decide_request(db, actor, papers, request_id, body)


@serves(api.finish_request_task)
async def finish_request_task(request_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Request:
    return await commands.finish_task(db, actor, rules, request_id)


ROUTES = (take_request, decide_request, finish_request_task)
