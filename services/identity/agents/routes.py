"""HTTP routes of agents."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText, SiteCode
from contracts.identity import agents_api
from contracts.identity.accounts import LastSignIn
from contracts.identity.agents import (
    Agent,
    AgentChange,
    AgentCreate,
    AgentState,
    AgentSummary,
    OwnRights,
    PermissionName,
    RoleName,
    RolesReturn,
    TownRole,
)
from contracts.identity.models import AgentName, Invitation, NamesAsked

from ..adapters.passwords import Passwords
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from . import commands, queries


@serves(agents_api.create_agent)
async def create_agent(
    body: AgentCreate, db: Database, actor: Actor, claim: Claim, passwords: Passwords, rules: IdentityRules
) -> Agent:
    return await commands.create_agent(db, actor, claim, passwords, rules, body)


@serves(agents_api.list_agents)
async def list_agents(
    db: Database,
    search: SearchText = "",
    role: RoleName | None = None,
    site: SiteCode | None = None,
    state: AgentState | None = None,
    last_sign_in: LastSignIn | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[AgentSummary]:
    return await queries.agents(db, queries.Filter(search, role, site, state, last_sign_in), cursor, limit)


@serves(agents_api.read_agent)
async def read_agent(account_id: UUID, db: Database, rules: IdentityRules) -> Agent:
    return await queries.agent(db, rules, account_id)


@serves(agents_api.change_agent)
async def change_agent(account_id: UUID, body: AgentChange, db: Database, actor: Actor, rules: IdentityRules) -> Agent:
    return await commands.change_agent(db, actor, rules, account_id, body)


@serves(agents_api.invite_agent)
async def invite_agent(account_id: UUID, db: Database, actor: Actor, rules: IdentityRules) -> Invitation:
    return await commands.invite_agent(db, actor, rules, account_id)


@serves(agents_api.give_roles_back)
async def give_roles_back(
    account_id: UUID, body: RolesReturn, db: Database, actor: Actor, rules: IdentityRules
) -> Agent:
    return await commands.give_roles_back(db, actor, rules, account_id, body)


@serves(agents_api.agent_history)
async def agent_history(account_id: UUID, db: Database, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    return await queries.history(db, account_id, cursor)


@serves(agents_api.agent_names)
async def agent_names(body: NamesAsked, db: Database, actor: Actor, rules: IdentityRules) -> Page[AgentName]:
    return await queries.names(db, actor, body.account_ids, is_service_said=rules.is_service_said)


@serves(agents_api.list_colleagues)
async def list_colleagues(permission: PermissionName, db: Database, rules: IdentityRules) -> Page[AgentName]:
    return await queries.colleagues(db, rules.guard, permission)


@serves(agents_api.list_roles)
async def list_roles(rules: IdentityRules) -> Page[TownRole]:
    return queries.town_roles(rules.guard)


@serves(agents_api.own_rights)
async def own_rights(db: Database, rules: IdentityRules, browser: BrowserSession) -> OwnRights:
    return await queries.own_rights(db, rules, (await signed_in(db, browser.session_token, rules)).agent)


ROUTES = [
    create_agent,
    list_agents,
    read_agent,
    change_agent,
    invite_agent,
    give_roles_back,
    agent_history,
    agent_names,
    list_colleagues,
    list_roles,
    own_rights,
]
