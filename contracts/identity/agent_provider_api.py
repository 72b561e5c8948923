"""What the identity service answers about agents who sign in with the town's own provider."""

from uuid import UUID

from contracts.identity.agent_provider import AgentReturned, AgentSignInRequest, LogoutOrder, SessionsEnded
from contracts.identity.federation import AuthorizationReturn, AuthorizationStarted
from contracts.identity.permissions import IdentityPermission
from contracts.operation import EVERYBODY, agents, delete, post
from contracts.types import StepUp


@post("/agent-provider/authorizations", EVERYBODY, status=201, is_noted=False, is_slow=True, has_secret=True)
async def start_agent_sign_in(body: AgentSignInRequest) -> AuthorizationStarted:
    """Begin to say who one is with the town's own provider, where the town has one."""


@post("/agent-provider/returns", EVERYBODY, is_slow=True, has_secret=True)
async def finish_agent_sign_in(body: AuthorizationReturn) -> AgentReturned:
    """Come back from the town's provider, once: an agent whose account it names is signed in. The first time leaves a row in the history."""


@post("/agent-provider/logouts", EVERYBODY, is_slow=True, is_repeatable=False)
async def end_by_provider(body: LogoutOrder) -> SessionsEnded:
    """End the sessions of an agent that the town's provider says have ended there."""


@delete("/agents/{account_id}/provider-link", agents(IdentityPermission.MANAGE_AGENTS), step_up=StepUp.AGENTS)
async def unlink_agent(account_id: UUID) -> None:
    """Undo the link between an agent's account and the town's provider, and end the sessions that it opened."""
