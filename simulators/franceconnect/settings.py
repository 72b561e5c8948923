"""The settings of the identity simulator, with the one client that it knows."""

from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from simulators.oidc.clients import ClientSettings, OidcSettings, Usual

from .people import CLAIMS_OF

USUAL: Final = Usual(
    return_path="/franceconnect/retour",
    signed_out_path="/franceconnect/deconnecte",
    secret_file="franceconnect_client_secret",  # noqa: S106 - the name of a file
    scopes=frozenset(CLAIMS_OF),
)


class FranceConnectClient(ClientSettings):
    """The variables `FRANCECONNECT_*`."""

    model_config = SettingsConfigDict(env_prefix="FRANCECONNECT_")


class FranceConnectSettings(OidcSettings):
    """Where the simulator listens, and keeps its keys."""

    http_port: int = Field(default=8205, ge=1, le=65535)
    state_dir: Path = Path(".run/simulators/franceconnect")
