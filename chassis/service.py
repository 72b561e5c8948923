"""The composition root of a service: its parts are declared once, and a process runs those of its roles.

`api` serves the private HTTP interface, `consumer` applies events, `relay` publishes them, `jobs` does periodic work.
Whatever its roles, a process serves /health/live, /health/ready, /health/consumers and /metrics.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from joserfc.jwk import OKPKey
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.handlers import HTTPRouteHandler
from litestar.plugins import InitPluginProtocol

from chassis.actor import ActorReader
from chassis.clock_watch import ClockWatch
from chassis.data.database import Database
from chassis.data.migrations import CHASSIS_MIGRATIONS, migrate
from chassis.events.applying import Subscriptions
from chassis.events.consumer import Consumer
from chassis.events.relay import Relay
from chassis.health import HEALTH_HANDLERS, Health
from chassis.housekeeping import HOUSEKEEPING
from chassis.http.errors import EXCEPTION_HANDLERS
from chassis.http.request import ServiceRequest
from chassis.http.routes import PROVIDED, check_provided
from chassis.http.serving import serve
from chassis.http.telemetry import TelemetryMiddleware
from chassis.jobs import Job, Jobs
from chassis.settings import ProcessRole, ServiceSettings
from chassis.supervision import Supervisor
from chassis.telemetry import configure

MIGRATION_ATTEMPTS_MAX = 60

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a service. `provide` is what its routes may ask for besides the chassis' own, by type."""

    name: str
    migrations: Path
    routes: Sequence[HTTPRouteHandler]
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    jobs: Sequence[Job] = ()
    provide: Mapping[Any, Any] = field(default_factory=dict)
    on_stop: Sequence[Callable[[], Coroutine[Any, Any, None]]] = ()


class _Running(InitPluginProtocol):
    """Ties a service's running parts to the life of its HTTP application."""

    def __init__(self, service: Service, settings: ServiceSettings) -> None:
        self._service = service
        self._settings = settings
        self.health = Health(service.name)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.lifespan.append(self._lifespan)
        return app_config

    @asynccontextmanager
    async def _lifespan(self, app: Litestar) -> AsyncIterator[None]:
        service, settings = self._service, self._settings
        await self._migrate()
        db = await Database.open(settings, service.name)
        app.state.db = db
        app.state.clock = ClockWatch(service.name, db, settings.clock_error_seconds)
        await app.state.clock.look()
        actor_key = OKPKey.import_key(json.loads(settings.secret("actor_public")))
        app.state.actors = ActorReader(actor_key, app.state.clock.time)
        app.state.health = self.health
        supervisor = Supervisor()
        supervisor.start("pool", db.run)
        supervisor.start("clock", app.state.clock.run)
        jobs = Jobs(db, settings.database_url, (*service.jobs, HOUSEKEEPING))
        consumer: Consumer | None = None
        if ProcessRole.RELAY in settings.roles:
            relay = Relay(settings.database_url, settings.kafka_bootstrap_servers, service.name, settings.topic_prefix)
            supervisor.start("relay", partial(relay.run, db.committed))
        if ProcessRole.JOBS in settings.roles:
            jobs.start(supervisor)
        if ProcessRole.CONSUMER in settings.roles and service.subscriptions.topics:
            consumer = Consumer(db, service.subscriptions, settings, service.name)
            await consumer.start()
        self.health.start(db, consumer, supervisor, app.state.clock)
        log.info("service started", roles=sorted(settings.roles), port=settings.http_port)
        try:
            yield
        finally:
            self.health.stopping()
            if consumer is not None:
                await consumer.stop()
            await supervisor.stop()
            jobs.close()
            for stop in service.on_stop:
                await stop()
            await db.close()
            log.info("service stopped")

    async def _migrate(self) -> None:
        """Migrate, waiting for a database that is still starting."""
        for attempt in range(1, MIGRATION_ATTEMPTS_MAX + 1):
            try:
                applied = await migrate(self._settings.database_url, CHASSIS_MIGRATIONS, self._service.migrations)
            except (OSError, asyncpg.CannotConnectNowError) as error:
                if attempt == MIGRATION_ATTEMPTS_MAX:
                    raise
                log.warning("database is not there yet", error=type(error).__name__, attempt=attempt)
                await asyncio.sleep(1)
            else:
                log.info("database is up to date", count=len(applied))
                return


def build(service: Service, settings: ServiceSettings) -> Litestar:
    """The service's application; starting it starts the parts that its roles ask for.

    Raises:
        TypeError: a route asks for what nobody provides.
    """
    check_provided(service.routes, service.provide)
    has_api = ProcessRole.API in settings.roles
    app = Litestar(
        route_handlers=[*HEALTH_HANDLERS, *(service.routes if has_api else ())],
        exception_handlers=EXCEPTION_HANDLERS,
        plugins=[_Running(service, settings)],
        request_class=ServiceRequest,
        request_max_body_size=settings.body_max_bytes,
        openapi_config=None,
        logging_config=None,
    )
    app.state[PROVIDED] = service.provide
    app.asgi_handler = TelemetryMiddleware(service.name)(app.asgi_handler)
    return app


def run(service: Service, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT, then stop gracefully."""
    configure(service.name, settings.log_format)
    serve(build(service, settings), settings, proxy_headers=False)
