"""The identity simulator, wired."""

from pathlib import Path

from litestar import Litestar

from simulators.oidc.app import Besides, build_provider
from simulators.oidc.signing import SigningKeys

from .endpoints import authorize_by_form, revocation
from .provider import FranceConnectProvider
from .settings import USUAL, FranceConnectClient, FranceConnectSettings


def create_app(settings: FranceConnectSettings) -> Litestar:
    """The whole simulator. Raises OSError when the client's secret stands nowhere."""
    own = FranceConnectClient()
    provider = FranceConnectProvider(
        settings.issuer(own, FranceConnectProvider.path),
        settings.client(own, USUAL),
        SigningKeys(settings.state_dir),
    )
    besides = Besides(screens=[authorize_by_form], endpoints=[revocation])
    return build_provider(provider, Path(__file__).parent / "templates", besides)
