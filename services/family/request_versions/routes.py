"""HTTP routes of drafts whose procedure has a newer version."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import requests_api as api
from contracts.family.requests import Request

from ..settings import FamilyRules
from . import commands


@serves(api.renew_draft)
async def renew_draft(request_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Request:
    return await commands.renew_draft(db, actor, rules, request_id)


ROUTES = (renew_draft,)
