"""The one client that a provider knows, as it was registered, and the settings that say so."""

from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings

from simulators.serving import SimulatorSettings


@dataclass(frozen=True, slots=True)
class Client:
    """A service provider as it was registered: addresses count to the letter, and only these scopes are granted."""

    client_id: str
    secret: str
    label: str
    redirect_uris: frozenset[str]
    post_logout_uris: frozenset[str]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is registered of a portal unless its settings say else: the paths of its addresses, its scopes, and the file of its secret."""

    return_path: str
    signed_out_path: str
    secret_file: str
    scopes: frozenset[str]


class ClientSettings(BaseSettings):
    """The provider's own address, and its client; each provider reads them under a prefix of its own. Addresses are separated by commas."""

    issuer: str = ""
    client_id: str = "portail-famille"
    client_secret: str = ""
    client_label: str = "Portail famille"
    redirect_uris: str = ""
    post_logout_uris: str = ""
    scopes: str = ""


class OidcSettings(SimulatorSettings):
    """`portal_url` says where the client's addresses are, unless they are listed. Its secret is a file of `secrets_dir`, unless it is said."""

    secrets_dir: Path = Path(".run/secrets")
    portal_url: str = "http://localhost:8000"

    @property
    def portal(self) -> str:
        """Where the client is."""
        return self.portal_url.rstrip("/")

    def issuer(self, own: ClientSettings, path: str) -> str:
        """The address under which everybody knows the provider."""
        return own.issuer or f"http://{self.http_host}:{self.http_port}{path}"

    def client(self, own: ClientSettings, usual: Usual) -> Client:
        """The registered client. Raises OSError when its secret stands nowhere."""
        return Client(
            client_id=own.client_id,
            secret=own.client_secret or (self.secrets_dir / usual.secret_file).read_text().strip(),
            label=own.client_label,
            redirect_uris=_listed(own.redirect_uris) or frozenset({self.portal + usual.return_path}),
            post_logout_uris=_listed(own.post_logout_uris) or frozenset({self.portal + usual.signed_out_path}),
            scopes=frozenset(own.scopes.split()) or usual.scopes,
        )


def _listed(uris: str) -> frozenset[str]:
    return frozenset(uri.strip() for uri in uris.split(",") if uri.strip())
