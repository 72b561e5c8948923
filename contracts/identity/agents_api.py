"""What the identity service answers about the agents of a town: who they are, what they may do, and what two persons decide."""

from uuid import UUID

from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText, SiteCode
from contracts.identity.accounts import LastSignIn
from contracts.identity.agents import (
    Agent,
    AgentChange,
    AgentChangeDecision,
    AgentCreate,
    AgentState,
    AgentSummary,
    AwaitedChange,
    OwnRights,
    PermissionName,
    RoleName,
    RolesReturn,
    TownRole,
)
from contracts.identity.models import (
    AgentName,
    Invitation,
    NamesAsked,
)
from contracts.identity.permissions import IdentityPermission
from contracts.operation import OWN_SESSION, agents, delete, families, get, post, put
from contracts.types import StepUp


@delete("/agents/{account_id}/second-factor", agents(IdentityPermission.MANAGE_AGENTS), step_up=StepUp.AGENTS)
async def reset_second_factor(account_id: UUID) -> None:
    """Take the second factor off an agent who lost it, and end their sessions; at the next sign-in they may, or must, set up another one."""


@post("/agents", agents(IdentityPermission.MANAGE_AGENTS), is_keyed=True, status=201, step_up=StepUp.AGENTS)
async def create_agent(body: AgentCreate) -> Agent:
    """Create the account of a municipal agent, who is invited by mail; a role that takes two persons waits for the second one."""


@get("/agents", agents(IdentityPermission.READ_AGENTS))
async def list_agents(
    search: SearchText = "",
    role: RoleName | None = None,
    site: SiteCode | None = None,
    state: AgentState | None = None,
    last_sign_in: LastSignIn | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[AgentSummary]:
    """The agents of the town by name: whose name or user name has words that begin so, with a role, who work at a site, in a state, who signed
    in last some time ago."""


@get("/agents/{account_id}", agents(IdentityPermission.READ_AGENTS))
async def read_agent(account_id: UUID) -> Agent:
    """One agent, with the change that waits for a second person."""


@put("/agents/{account_id}", agents(IdentityPermission.MANAGE_AGENTS), step_up=StepUp.AGENTS)
async def change_agent(account_id: UUID, body: AgentChange) -> Agent:
    """Change who an agent is, their roles and sites, or close their account; nobody changes what they may do themselves. What gives more of
    a role that takes two persons waits for the second one."""


@post("/agents/{account_id}/invitation", agents(IdentityPermission.MANAGE_AGENTS), status=201, step_up=StepUp.AGENTS)
async def invite_agent(account_id: UUID) -> Invitation:
    """Send an agent a new link and temporary password; the former ones no longer work."""


@post("/agents/{account_id}/roles", agents(IdentityPermission.MANAGE_AGENTS), step_up=StepUp.AGENTS)
async def give_roles_back(account_id: UUID, body: RolesReturn) -> Agent:
    """Give an agent back the roles that lapsed; those that take two persons wait for the second one."""


@get("/agents/{account_id}/history", agents(IdentityPermission.READ_AGENTS))
async def agent_history(account_id: UUID, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What was done with the account of an agent, the newest first."""


@get("/agent-changes", agents(IdentityPermission.READ_AGENTS))
async def list_agent_changes(cursor: Cursor | None = None) -> Page[AwaitedChange]:
    """The changes of agents that wait for a second person, the oldest first."""


@post("/agent-changes/{change_id}/decision", agents(IdentityPermission.MANAGE_AGENTS), step_up=StepUp.AGENTS)
async def decide_agent_change(change_id: UUID, body: AgentChangeDecision) -> Agent:
    """Confirm or refuse a change as the second person: neither who asked for it nor whom it is about."""


@post("/agents/names", families(IdentityPermission.NAME_AGENTS), is_noted=False, is_repeatable=True)
async def agent_names(body: NamesAsked) -> Page[AgentName]:
    """Who these agents are, as far as the asker may know; who is no agent is left out."""


@get("/colleagues", agents(IdentityPermission.NAME_AGENTS))
async def list_colleagues(permission: PermissionName) -> Page[AgentName]:
    """The agents who sign in and may do something, by name: to whom a colleague may hand work. The first hundred."""


@get("/roles", agents(IdentityPermission.READ_AGENTS))
async def list_roles() -> Page[TownRole]:
    """The roles that the town composed."""


@get("/me/rights", OWN_SESSION)
async def own_rights() -> OwnRights:
    """The roles of the agent who is signed in, whether they lapsed, and who gives them back."""
