"""HTTP routes of what waits for a second person."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.http import Cursor, Page
from contracts.identity import agents_api
from contracts.identity.agents import Agent, AgentChangeDecision, AwaitedChange

from ..settings import IdentityRules
from . import commands, queries


@serves(agents_api.list_agent_changes)
async def list_agent_changes(db: Database, cursor: Cursor | None = None) -> Page[AwaitedChange]:
    return await queries.awaited(db, cursor)


@serves(agents_api.decide_agent_change)
async def decide_agent_change(
    change_id: UUID, body: AgentChangeDecision, db: Database, actor: Actor, rules: IdentityRules
) -> Agent:
    return await commands.decide(db, actor, rules, change_id, is_confirmed=body.is_confirmed)


ROUTES = [list_agent_changes, decide_agent_change]
