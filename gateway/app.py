"""The gateway's wiring: services, sessions, pages, the public API, static files, and what errors look like."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any, Final

from litestar import Litestar, Request, Response, Router, get, route
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException, NotFoundException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.params import FromPath
from litestar.static_files import create_static_files_router
from prometheus_client import start_http_server

from chassis.clock_watch import OwnClock
from chassis.health import live, ready
from chassis.http.telemetry import TelemetryMiddleware
from chassis.sealing import SharedSeal
from chassis.supervision import Supervisor
from portal.frame.errors import PAGE_ERRORS, error_page
from portal.frame.render import Portal
from portal.frame.settings import PortalTown
from portal.kit import STATIC, Texts, theme_css
from portal.spaces import AGENT_MENU, SPACES

from .admission import admit
from .api import API, API_ERRORS
from .api.errors import outside_routes
from .auth import Sessions
from .calls import Services
from .clock_watch import GatewayClock
from .last_resort import LastResort
from .limits import RateLimits, SecretAddresses
from .security import SecurityHeaders, security_headers
from .settings import GatewaySettings


class GatewayHealth:
    """The gateway's own health: it is ready until it is told to stop, for each page says itself what it misses; and while its clock is right."""

    def __init__(self, clock: OwnClock, supervisor: Supervisor) -> None:
        self._clock = clock
        self._supervisor = supervisor
        self._is_stopping = False
        self._metrics: Thread | None = None
        self._is_over = False

    def serves_metrics(self, thread: Thread) -> None:
        """What runs beside the requests, in a thread of its own."""
        self._metrics = thread

    def stopping(self) -> None:
        """No new visitors, please."""
        self._is_stopping = True

    def dead_parts(self) -> list[str]:
        """The server of metrics, once its thread ended although nobody stopped it, and what could not be kept running."""
        is_dead = self._metrics is not None and not self._metrics.is_alive()
        return [*(["metrics"] if is_dead and not self._is_stopping else []), *self._supervisor.given_up]

    def is_over(self) -> bool:
        """Whether the process must end, so that whoever runs it starts it again."""
        self._is_over = self._is_over or bool(self.dead_parts())
        return self._is_over

    async def unready(self) -> list[str]:
        """Why no visitor could be served now, or in a moment."""
        return (
            ["this process is stopping"]
            if self._is_stopping
            else [reason for reason in (self._clock.reason,) if reason]
        )

    def time(self) -> float:
        """What the clock of this process shows, in seconds since 1970."""
        return self._clock.time()


SHARED_FILES: Final = DefineMiddleware(
    CompressionMiddleware, config=CompressionConfig(backend="gzip", exclude=[r"\.woff2$"])
)
"""Files that are the same for everybody, kept by browsers for ever; a typeface is compressed already."""

PERSONAL_PAGES: Final = DefineMiddleware(
    CompressionMiddleware, config=CompressionConfig(backend="gzip", gzip_compress_level=5, exclude=["/pdf$"])
)
"""Pages are compressed at each request, so not as far as can be. The one secret that a session's pages share, its form token, is
another text each time (`auth.py`), so that their length tells nothing of it."""


@get("/theme.css", middleware=[SHARED_FILES], include_in_schema=False)
async def theme(request: Request[Any, Any, Any]) -> Response[str]:
    """The town's colours and type."""
    portal: Portal = request.app.state.portal
    return Response(theme_css(portal.town.section.theme), media_type="text/css; charset=utf-8")


@contextmanager
def serving_metrics(settings: GatewaySettings, health: GatewayHealth) -> Iterator[None]:
    """Metrics on a port of their own: what the operators may read is not for every visitor."""
    if settings.metrics_port is None:
        yield
        return
    server, thread = start_http_server(settings.metrics_port, settings.http_host)
    health.serves_metrics(thread)
    try:
        yield
    finally:
        health.stopping()
        server.shutdown()
        server.server_close()


@route("/{path:path}", http_method=["GET", "POST"])
async def nowhere(path: FromPath[str]) -> None:
    """An address below the public API that no operation has."""
    raise NotFoundException


def create(settings: GatewaySettings) -> Litestar:
    """The gateway of the town in the settings."""
    town = PortalTown.load(settings.town_file)
    provider = town.agent_provider
    agents_go_to = (settings.agent_provider_issuer or provider.issuer) if provider.is_open else ""
    outside = (settings.payfip_url, settings.franceconnect_issuer, agents_go_to)
    clock_offset = timedelta(seconds=settings.clock_offset_seconds)
    clock, supervisor = GatewayClock(settings), Supervisor()
    portal = Portal(
        town, Texts.load(overrides=town.section.texts, authority=town.town.authority), clock_offset, AGENT_MENU
    )

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        services = Services(settings)
        app.state.services = services
        app.state.sessions = Sessions(
            services, settings.secret("portal_secret"), settings.portal_url, settings.session_cache_seconds
        )
        app.state.export_seal = SharedSeal.of(settings.secret("export_seal"))
        supervisor.start("clock", clock.run)
        try:
            with serving_metrics(settings, app.state.health):
                yield
        finally:
            await supervisor.stop()
            await clock.close()
            await services.close()

    app = Litestar(
        route_handlers=[
            live,
            ready,
            theme,
            create_static_files_router(
                path="/static", directories=[STATIC], middleware=[SHARED_FILES], include_in_schema=False
            ),
            Router(
                "/",
                route_handlers=[route for space in SPACES for route in space.routes()],
                before_request=admit,
                middleware=[PERSONAL_PAGES],
                exception_handlers=PAGE_ERRORS,
                include_in_schema=False,
            ),
            Router("/api", route_handlers=[nowhere], exception_handlers=API_ERRORS, include_in_schema=False),
            Router("/api/v1", route_handlers=API, before_request=admit, exception_handlers=API_ERRORS),
        ],
        exception_handlers={**PAGE_ERRORS, HTTPException: outside_routes(PAGE_ERRORS[HTTPException])},
        before_send=[SecurityHeaders(settings.portal_url, *outside).add],
        lifespan=[lifespan],
        request_max_body_size=settings.body_max_bytes,
        openapi_config=None,
        logging_config=None,
    )
    app.state.portal = portal
    app.state.clock, app.state.health = clock, GatewayHealth(clock, supervisor)
    limited = (
        RateLimits(app.asgi_handler, settings, error_page, SecretAddresses(app.routes))
        if settings.has_rate_limits
        else app.asgi_handler
    )
    watched = TelemetryMiddleware("gateway")(limited)
    headers = security_headers(settings.portal_url, *outside)
    app.asgi_handler = LastResort(watched, headers, portal.texts("errors.broken.text"))
    return app
