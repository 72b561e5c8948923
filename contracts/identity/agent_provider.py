"""What travels when an agent signs in with the town's own provider, and when that ends sessions."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.identity.federation import AuthorizationRequest
from contracts.identity.models import SessionOpened

RETURN_PATH: Final = "/connexion/agents/retour"
"""Where browsers come back to: registered at the provider, to the letter."""
SIGNED_OUT_PATH: Final = "/connexion/agents/deconnecte"
"""Where they come back to once their session there has ended: registered too."""
LOGOUT_PATH: Final = "/connexion/agents/fin"
"""Where the provider says that a session ended there (back-channel logout): registered too."""
EMPLOYEE_NUMBER_MAX: Final = 40
LogoutToken = Annotated[str, StringConstraints(min_length=1, max_length=8000, pattern=r"^[A-Za-z0-9_.=-]+$")]
EmployeeNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=EMPLOYEE_NUMBER_MAX, pattern=r"^[!-~ ]+$")
]
"""What the town's provider names an agent by."""


class AgentSignInRequest(AuthorizationRequest):
    """`is_silent`: the provider shows no page, and answers at once whether the agent is still signed in there. `is_another`: it asks who it is,
    whoever is signed in there."""

    is_silent: bool = False
    is_another: bool = False


class AgentReturned(Model):
    """The agent is signed in: a new `session`, or the one that they had under a new token. None: nobody is signed in at the provider any more,
    and the session that was to go on has ended."""

    session: SessionOpened | None
    next_path: str


class LogoutOrder(Model):
    """The token with which the provider orders sessions to end; it counts by its signature alone."""

    logout_token: LogoutToken = Field(repr=False)


class SessionsEnded(Model):
    """The order was carried out: whose sessions ended, if it was about anybody here."""

    account_id: UUID | None


class ProviderLink(Model):
    """The link of an agent's account to an identity of the town's provider: when that last named the agent, and since when it refuses them."""

    linked_at: datetime
    proved_at: datetime
    refused_at: datetime | None
