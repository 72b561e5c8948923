"""The settings of the simulator of the town's provider, with the one client that it knows."""

from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from simulators.oidc.clients import ClientSettings, OidcSettings, Usual

from .rules import SCOPES

USUAL: Final = Usual(
    return_path="/connexion/agents/retour",
    signed_out_path="/connexion/agents/deconnecte",
    secret_file="agent_provider_client_secret",  # noqa: S106 - the name of a file
    scopes=SCOPES,
)


class AgentProviderClient(ClientSettings):
    """The variables `AGENT_PROVIDER_*`."""

    model_config = SettingsConfigDict(env_prefix="AGENT_PROVIDER_")

    logout_uri: str = ""


class AgentProviderSettings(OidcSettings):
    """Where the simulator listens, and keeps its keys."""

    http_port: int = Field(default=8206, ge=1, le=65535)
    state_dir: Path = Path(".run/simulators/agent_provider")
