"""Services and the gateway as they are really wired, with settings that reach nothing; none is started."""

import importlib
from pathlib import Path
from typing import Any

from litestar import Litestar

from chassis.service import Service
from chassis.settings import ServiceSettings
from contracts.types import SERVICES
from tests.support.services import NO_PROVIDER

TOWN_FILE = Path(__file__).parents[2] / "deploy" / "towns" / "demo" / "town.toml"


def load_service(name: str, secrets_dir: Path) -> tuple[Service, ServiceSettings]:
    """A service of the demo town as it is really wired, with settings that reach nothing."""
    settings: ServiceSettings = _settings(f"services.{name}", f"{name.capitalize()}Settings")(
        **_common_settings(secrets_dir),
        database_url="postgresql://nobody@127.0.0.1:1/none",
        kafka_bootstrap_servers="127.0.0.1:1",
    )
    service: Service = importlib.import_module(f"services.{name}.app").create(settings)
    return service, settings


def load_gateway(secrets_dir: Path) -> Litestar:
    """The gateway of the demo town, which reaches no service."""
    addresses = {f"{name}_url": "http://127.0.0.1:1" for name in SERVICES}
    settings = _settings("gateway", "GatewaySettings")(**_common_settings(secrets_dir), **addresses)
    app: Litestar = importlib.import_module("gateway.app").create(settings)
    return app


def _settings(package: str, name: str) -> Any:
    return getattr(importlib.import_module(f"{package}.settings"), name)


def _common_settings(secrets_dir: Path) -> dict[str, Any]:
    """What some process or other must be told; each ignores what is not for it."""
    return {
        "http_port": 1,
        "town_file": TOWN_FILE,
        "secrets_dir": secrets_dir,
        "portal_url": "http://localhost:8000",
        "payfip_url": "http://127.0.0.1:1",
        "smtp_host": "127.0.0.1",
        "document_store": "file:///nowhere",
        **NO_PROVIDER,
    }
