"""A service as a program: its parts declared once, then run with the roles that its process was told.

`api` serves the private HTTP interface, `consumer` applies events, `relay` publishes them, `jobs` does periodic work.
Whatever its roles, a process serves /health/live, /health/ready, /health/consumers and /metrics.
"""

import asyncio
import contextlib
import gc
import inspect
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import asyncpg
import msgspec
import structlog
import uvicorn
from joserfc.jwk import OKPKey
from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.plugins import InitPluginProtocol
from litestar.types import ControllerRouterHandler

from contracts.event import Model

from .actor import Actor, ActorReader
from .applying import Subscriptions
from .connection import ServerConnection
from .consumer import Consumer
from .database import Database
from .health import HEALTH_HANDLERS, Health
from .http_errors import EXCEPTION_HANDLERS
from .http_telemetry import TelemetryMiddleware
from .idempotency import FORGET_OLD_KEYS_SQL, KEY_LENGTH_MAX, Claim
from .idempotency import RETENTION_DAYS as KEYS_RETENTION_DAYS
from .inbox import FORGET_OLD_EVENTS_SQL
from .inbox import RETENTION_DAYS as INBOX_RETENTION_DAYS
from .jobs import Job, run_jobs
from .lean_routes import AnyRequest, LeanRequest, Provider, header, shorten_ways
from .migrations import CHASSIS_MIGRATIONS, migrate
from .refusal import IdempotencyKeyMissing, Unauthenticated
from .relay import Relay
from .settings import ProcessRole, ProcessSettings, ServiceSettings
from .telemetry import acting, configure

STOP_SECONDS = 15
KEEP_ALIVE_SECONDS = 15
"""How long an unused connection is kept: longer than the gateway keeps its own, which must be the first to close."""
YOUNG_OBJECTS_MAX = 5_000
"""So many more objects were made than given up before the collector looks at them. The usual 700 are fewer than the requests
under way at a rush hold: it would look at living ones again and again."""
HOUSEKEEPING_SECONDS = 3600.0
MIGRATION_ATTEMPTS_MAX = 60

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a service. `provide` are extra dependencies of its route handlers, by name."""

    name: str
    migrations: Path
    routes: Sequence[ControllerRouterHandler]
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    jobs: Sequence[Job] = ()
    provide: Mapping[str, Any] = field(default_factory=dict)
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
        app.state.actors = ActorReader(OKPKey.import_key(json.loads(settings.secret("actor_public"))))
        app.state.health = self.health
        tasks: list[asyncio.Task[None]] = []
        consumer: Consumer | None = None
        if ProcessRole.RELAY in settings.roles:
            relay = Relay(settings.database_url, settings.kafka_bootstrap_servers, service.name, settings.topic_prefix)
            tasks.append(asyncio.create_task(relay.run(db.committed), name="relay"))
        if ProcessRole.JOBS in settings.roles:
            jobs = (*service.jobs, Job("housekeeping", HOUSEKEEPING_SECONDS, _forget_old_rows))
            tasks.append(asyncio.create_task(run_jobs(db, settings.database_url, jobs), name="jobs"))
        if ProcessRole.CONSUMER in settings.roles and service.subscriptions.topics:
            consumer = Consumer(db, service.subscriptions, settings, service.name)
            await consumer.start()
        self.health.start(db, consumer, tasks)
        log.info("service started", roles=sorted(settings.roles), port=settings.http_port)
        try:
            yield
        finally:
            self.health.stopping()
            if consumer is not None:
                await consumer.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for stop in service.on_stop:
                await stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(db.close(), STOP_SECONDS)
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
    """The service's application; starting it starts the parts that its roles ask for."""
    has_api = ProcessRole.API in settings.roles
    providers: dict[str, Provider] = {
        "db": _provide_db,
        "actor": _provide_actor,
        "claim": _provide_claim,
        **{name: _constant(value) for name, value in service.provide.items()},
    }
    app = Litestar(
        route_handlers=[*HEALTH_HANDLERS, *(service.routes if has_api else ())],
        dependencies={name: _dependency(provider) for name, provider in providers.items()},
        exception_handlers=EXCEPTION_HANDLERS,
        plugins=[_Running(service, settings)],
        request_max_body_size=settings.body_max_bytes,
        openapi_config=OpenAPIConfig(title=f"{service.name} service (private)", version="1.0.0", render_plugins=[]),
        logging_config=None,
        type_encoders={Model: _write_json},
        request_class=LeanRequest,
    )
    shorten_ways(app, providers)
    app.asgi_handler = TelemetryMiddleware(service.name)(app.asgi_handler)
    return app


def run(service: Service, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT, then stop gracefully."""
    configure(service.name, settings.log_format)
    serve(build(service, settings), settings, proxy_headers=False)


def serve(app: Litestar, settings: ProcessSettings, **options: Any) -> None:
    """Run an application with uvicorn, without its own logs, until the process is told to stop.

    `app.state.health` is told when that happens; `options` are the server's own.
    """
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        lifespan="on",
        reset_contextvars=True,  # nothing of a request, such as who made it, is left in its connection's next one
        **{"http": ServerConnection, **options},
    )
    server = _DrainingServer(config, app, settings.drain_seconds)
    # The server raises a signal again once it has stopped: that is when we leave, with 0.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    # What was made until now lives as long as the process: the collector, which looks at all it knows again and again,
    # need not know it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX)
    server.run()
    if not server.started:
        sys.exit(1)


class _DrainingServer(uvicorn.Server):
    """Told to stop, it is not ready any more but goes on answering for a while before it closes its port.

    Each of those answers closes its connection. A caller that keeps unused connections for a shorter time than this has
    none left to send a request into when the port closes.
    """

    def __init__(self, config: uvicorn.Config, app: Litestar, drain_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._leaves_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave at the first SIGTERM once it serves; any other signal, or a second one, ends it at once."""
        if sig != signal.SIGTERM or not self.started or self._leaves_at is not None:
            super().handle_exit(sig, frame)
            return
        self._leaves_at = time.monotonic() + self._drain_seconds
        self._app.state.health.stopping()
        self.config.encoded_headers.append((b"connection", b"close"))
        self.server_state.default_headers.append((b"connection", b"close"))

    async def on_tick(self, counter: int) -> bool:
        """Whether the server's time is over, asked ten times a second."""
        self.should_exit = self.should_exit or (self._leaves_at is not None and time.monotonic() >= self._leaves_at)
        return await super().on_tick(counter)


def _write_json(model: Model) -> msgspec.Raw:
    """The JSON of an answer, straight from its model; the framework would make a dictionary of it first."""
    return msgspec.Raw(model.model_dump_json().encode())


def _dependency(provider: Provider) -> Provide:
    """A dependency as the framework takes it: what is not a coroutine is at hand, and needs no thread."""
    return Provide(provider, sync_to_thread=None if inspect.iscoroutinefunction(provider) else False)


def _constant(value: Any) -> Provider:
    def provide(request: AnyRequest) -> Any:
        return value

    return provide


def _provide_db(request: AnyRequest) -> Database:
    db: Database = request.app.state.db
    return db


def _provide_actor(request: AnyRequest) -> Actor:
    actor: Actor | None = request.scope.get("user")
    if actor is None:
        scheme, _, token = header(request, b"authorization").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        actor = request.scope["user"] = request.app.state.actors.read(token)
        acting(str(actor.account_id), actor.kind.value)
    return actor


async def _provide_claim(request: AnyRequest) -> Claim:
    key = header(request, b"idempotency-key").strip('"')
    if not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise IdempotencyKeyMissing
    operation = f"{request.method} {request.scope['path']}"
    return Claim.of(str(_provide_actor(request).account_id), key, operation, await request.body())


async def _forget_old_rows(db: Database) -> None:
    await db.execute(FORGET_OLD_KEYS_SQL, KEYS_RETENTION_DAYS)
    await db.execute(FORGET_OLD_EVENTS_SQL, INBOX_RETENTION_DAYS)
