"""The simulator of the town's provider, wired."""

from pathlib import Path

from litestar import Litestar, get
from litestar.response import Redirect

from simulators.oidc.app import Besides, build_provider
from simulators.oidc.signing import SigningKeys

from .control import CONTROL
from .provider import REALM, AgentProvider
from .settings import USUAL, AgentProviderClient, AgentProviderSettings


@get("/")
async def home() -> Redirect:
    """What is known of it by its address alone."""
    return Redirect(f"{REALM}/.well-known/openid-configuration", status_code=303)


def create_app(settings: AgentProviderSettings) -> Litestar:
    """The whole simulator. Raises OSError when the client's secret stands nowhere."""
    own = AgentProviderClient()
    provider = AgentProvider(settings.issuer(own, REALM), settings.client(own, USUAL), SigningKeys(settings.state_dir))
    provider.logout_uri = own.logout_uri or provider.logout_uri_at(settings.portal)
    besides = Besides(root=[home], control=CONTROL)
    return build_provider(provider, Path(__file__).parent / "templates", besides)
