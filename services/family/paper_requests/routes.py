"""HTTP routes of requests on paper."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import requests_api as api
from contracts.family.requests import BegunRequest, PaperCheck, PaperRequest

from ..documents.commands import Papers
from ..settings import FamilyRules
from . import commands


@serves(api.check_paper_request)
async def check_paper_request(body: PaperRequest, db: Database, actor: Actor, rules: FamilyRules) -> PaperCheck:
    return await commands.check_paper(db, actor, rules, body)


@serves(api.enter_paper_request)
async def enter_paper_request(
    body: PaperRequest, db: Database, actor: Actor, claim: Claim, papers: Papers
) -> BegunRequest:
    return await commands.enter_paper(db, actor, claim, papers, body)


ROUTES = (check_paper_request, enter_paper_request)
