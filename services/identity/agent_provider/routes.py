"""HTTP routes of the way to the town's own provider, of its orders, and of undoing a link."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import agent_provider_api as api
from contracts.identity.agent_provider import AgentReturned, AgentSignInRequest, LogoutOrder, SessionsEnded
from contracts.identity.federation import AuthorizationReturn, AuthorizationStarted

from ..settings import IdentityRules
from . import commands
from .commands import Desk


@serves(api.start_agent_sign_in)
async def start_agent_sign_in(
    body: AgentSignInRequest, db: Database, desk: Desk, browser: BrowserSession
) -> AuthorizationStarted:
    return await desk.start(db, browser, body)


@serves(api.finish_agent_sign_in)
async def finish_agent_sign_in(
    body: AuthorizationReturn, db: Database, desk: Desk, browser: BrowserSession
) -> AgentReturned:
    return await desk.finish(db, browser, body)


@serves(api.end_by_provider)
async def end_by_provider(body: LogoutOrder, db: Database, desk: Desk) -> SessionsEnded:
    return SessionsEnded(account_id=await desk.end_by_order(db, body))


@serves(api.unlink_agent)
async def unlink_agent(account_id: UUID, db: Database, actor: Actor, rules: IdentityRules) -> None:
    await commands.unlink(db, actor, rules, account_id)


ROUTES = [start_agent_sign_in, finish_agent_sign_in, end_by_provider, unlink_agent]
