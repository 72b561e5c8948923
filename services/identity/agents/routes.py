"""HTTP routes of agents."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.identity import api
from contracts.identity.models import Agent, AgentChange, AgentCreate, AgentName, NamesAsked, TownRole

from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from . import commands, queries


@serves(api.create_agent)
async def create_agent(
    body: AgentCreate, db: Database, actor: Actor, claim: Claim, passwords: Passwords, rules: IdentityRules
) -> Agent:
    return await commands.create_agent(db, actor, claim, passwords, rules, body)


@serves(api.list_agents)
async def list_agents(db: Database, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Agent]:
    return await queries.agents(db, cursor, limit)


@serves(api.change_agent)
async def change_agent(account_id: UUID, body: AgentChange, db: Database, actor: Actor, rules: IdentityRules) -> Agent:
    return await commands.change_agent(db, actor, rules, account_id, body)


@serves(api.agent_names)
async def agent_names(body: NamesAsked, db: Database, actor: Actor, rules: IdentityRules) -> Page[AgentName]:
    return await queries.names(db, actor, body.account_ids, is_service_said=rules.is_service_said)


@serves(api.list_roles)
async def list_roles(rules: IdentityRules) -> Page[TownRole]:
    return queries.town_roles(rules.roles)


ROUTES = [create_agent, list_agents, change_agent, agent_names, list_roles]
