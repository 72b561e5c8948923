"""HTTP routes of threads."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import requests_api as api
from contracts.family.requests import RequestMessageCreate, WrittenMessage

from ..documents.commands import Papers
from . import commands


@serves(api.write_message)
async def write_message(
    request_id: UUID, body: RequestMessageCreate, db: Database, actor: Actor, claim: Claim, papers: Papers
) -> WrittenMessage:
    return await commands.write_message(db, actor, claim, papers, (request_id, body))


ROUTES = (write_message,)
