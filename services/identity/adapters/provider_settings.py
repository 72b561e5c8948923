"""How a process of the identity service is told where providers of identities are, and how the town is known there."""

from typing import Annotated, Literal

from pydantic import Field

from chassis.settings import ServiceSettings
from contracts.identity.franceconnect import RETURN_PATH, SIGNED_OUT_PATH

from . import agents_provider, franceconnect
from .agents_provider import AgentProviderSection, AgentsProvider
from .franceconnect import FranceConnect


class ProviderMissing(Exception):
    """The town has a provider, and neither its file nor the process was told where that is."""


class ProviderSettings(ServiceSettings):
    """Where FranceConnect is, and the town's own provider of its agents."""

    franceconnect_issuer: str = ""
    """FranceConnect's address below which its endpoints are: production, or a sandbox. Needed where the town has it, with a client id."""
    franceconnect_client_id: str = ""
    franceconnect_url: str = ""
    """Where this process reaches it, if that is not at its issuer."""
    franceconnect_has_discovery: bool = True
    """Whether its endpoints are asked for; without, they are where they are published to be."""
    franceconnect_signing_algorithm: Literal["ES256", "RS256"] = "ES256"
    """What its tokens are signed with, as agreed at registration."""
    franceconnect_timeout_seconds: Annotated[float, Field(gt=0, le=10)] = 4.0
    agent_provider_issuer: str = ""
    """In place of the issuer, and the client id, that the town's file says of its agents' provider."""
    agent_provider_client_id: str = ""
    agent_provider_url: str = ""
    """Where this process reaches it, if that is not at the origin of its issuer."""
    agent_provider_timeout_seconds: Annotated[float, Field(gt=0, le=10)] = 4.0

    def franceconnect_there(self) -> FranceConnect:
        """FranceConnect. Raises MissingSecret, ProviderMissing."""
        issuer = self.franceconnect_issuer.rstrip("/")
        if not (issuer and self.franceconnect_client_id):
            raise ProviderMissing("the town has FranceConnect: set FRANCECONNECT_ISSUER and FRANCECONNECT_CLIENT_ID")
        portal = self.portal_url.rstrip("/")
        return FranceConnect.at(
            franceconnect.Place(
                issuer=issuer,
                client_id=self.franceconnect_client_id,
                return_uri=portal + RETURN_PATH,
                signed_out_uri=portal + SIGNED_OUT_PATH,
                secret=self.secret("franceconnect_client_secret"),
                algorithm=self.franceconnect_signing_algorithm,
                has_discovery=self.franceconnect_has_discovery,
                timeout_seconds=self.franceconnect_timeout_seconds,
                url=self.franceconnect_url,
            )
        )

    def agents_provider_there(self, section: AgentProviderSection) -> AgentsProvider:
        """The town's own provider. Raises MissingSecret, ProviderMissing."""
        issuer = self.agent_provider_issuer or section.issuer
        client_id = self.agent_provider_client_id or section.client_id
        if not (issuer and client_id):
            raise ProviderMissing("agents sign in with the town's provider: say its issuer and client_id")
        place = agents_provider.Place(
            issuer=issuer,
            client_id=client_id,
            portal_url=self.portal_url.rstrip("/"),
            secret=self.secret("agent_provider_client_secret"),
            timeout_seconds=self.agent_provider_timeout_seconds,
            url=self.agent_provider_url,
        )
        return AgentsProvider.at(place, section)
