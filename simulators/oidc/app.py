"""A provider, wired: what a person sees, what a client's server asks, the control interface, and what one provider has besides."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from simulators.serving import Pages, build_app

from .control import control_router
from .controls import Controls
from .endpoints import endpoints_router
from .provider import Provider
from .screens import screens_router

BODY_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Besides:
    """The handlers that one provider has besides those of all."""

    root: Sequence[HTTPRouteHandler] = ()
    screens: Sequence[HTTPRouteHandler] = ()
    endpoints: Sequence[HTTPRouteHandler] = ()
    control: Sequence[HTTPRouteHandler] = ()


def build_provider(provider: Provider, templates: Path, besides: Besides) -> Litestar:
    """The whole simulator."""
    pages = Pages(templates)

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        yield
        if provider.controls != Controls():
            structlog.get_logger().warning("switches_forgotten", switches=provider.controls.model_dump())

    return build_app(
        [
            *besides.root,
            endpoints_router(provider.path, *besides.endpoints),
            screens_router(pages, provider, *besides.screens),
            control_router(*besides.control),
        ],
        {"provider": provider, "pages": pages},
        body_bytes_max=BODY_BYTES_MAX,
        lifespan=running,
    )
