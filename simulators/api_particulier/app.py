"""The simulator of API Particulier, wired."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar

from simulators.serving import build_app

from .control import control_router
from .endpoints import by_franceconnect, by_identity, introspect
from .provider import ApiParticulier, Faults
from .settings import ApiParticulierSettings

BODY_BYTES_MAX = 64 * 1024


def create_app(settings: ApiParticulierSettings) -> Litestar:
    """The whole simulator. Raises OSError when the token stands nowhere."""
    api = ApiParticulier(settings.token())

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        yield
        if api.faults != Faults():
            structlog.get_logger().warning("switches_forgotten", switches=api.faults.model_dump())

    return build_app(
        [by_identity, by_franceconnect, introspect, control_router],
        {"api": api},
        body_bytes_max=BODY_BYTES_MAX,
        lifespan=running,
    )
