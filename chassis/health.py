"""Health checks - liveness, readiness, progress of consumers - and the endpoint that metrics are scraped from."""

import os
import platform
from typing import Any, Protocol

from litestar import Response, get
from litestar.datastructures import State
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.actor import ActorReader
from chassis.data.database import Database
from chassis.sampling import Sampling
from chassis.supervision import Supervisor
from chassis.telemetry import BUILD


class Consuming(Protocol):
    """What health checks ask of a consumer. A protocol, so that a process without consumers need not load the Kafka client."""

    supervisor: Supervisor

    def stuck(self) -> list[str]:
        """The topics without progress for so long that only a new process may help."""
        ...

    def hopeless(self) -> list[str]:
        """Those of them for which nobody started one meanwhile, so that the process must end by itself."""
        ...

    async def report(self) -> dict[str, dict[str, Any]]:
        """The state of each topic."""
        ...


class Health:
    """What the process knows of its own parts."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._db: Database | None = None
        self._consumer: Consuming | None = None
        self._supervisor: Supervisor | None = None
        self._sampling: Sampling | None = None
        self._actors: ActorReader | None = None
        self._is_stopping = False
        BUILD.labels(os.environ.get("RELEASE", "unknown"), platform.python_version()).set(1)

    def start(
        self, db: Database, consumer: Consuming | None, supervisor: Supervisor, actors: ActorReader | None = None
    ) -> None:
        """From here on, check these parts."""
        self._db, self._consumer, self._supervisor, self._actors = db, consumer, supervisor, actors
        self._sampling = Sampling(self._service, db)

    def stopping(self) -> None:
        """Fail the readiness check: the process is draining."""
        self._is_stopping = True

    def dead_parts(self) -> list[str]:
        """Parts that could not be kept running, and consumers that only a restart may help."""
        stuck = self._consumer.stuck() if self._consumer else []
        return [*self._given_up(), *(f"consumer {topic}" for topic in stuck)]

    def is_over(self) -> bool:
        """Whether the process must end, so that whoever runs it starts it again."""
        return bool(self._given_up() or (self._consumer and self._consumer.hopeless()))

    def _given_up(self) -> list[str]:
        supervisors = (self._supervisor, self._consumer and self._consumer.supervisor)
        return [part for supervisor in supervisors if supervisor for part in supervisor.given_up]

    async def is_ready(self) -> bool:
        """Whether a request could be served now: the database answers, the process is not draining, and its clock is that of
        identity, or every token that it is shown would be wrong."""
        if self._db is None or self._is_stopping or (self._actors is not None and self._actors.clocks_differ()):
            return False
        return await self._db.answers()

    async def consumers(self) -> dict[str, dict[str, Any]]:
        """Every subscription: its state, what is wrong with it if anything is, its partitions and its lag."""
        return await self._consumer.report() if self._consumer else {}

    async def measure(self) -> None:
        """Bring the gauges that are only known on demand up to date."""
        if self._sampling is not None:
            await self._sampling.measure()


@get("/health/live", include_in_schema=False)
async def live(state: State) -> Response[dict[str, Any]]:
    """200 while the process does its work; 503 once one of its parts died."""
    dead = state.health.dead_parts()
    return Response({"status": "dead" if dead else "alive", "dead_parts": dead}, status_code=503 if dead else 200)


@get("/health/ready", include_in_schema=False)
async def ready(state: State) -> Response[dict[str, Any]]:
    """200 when a request could be served now."""
    is_ready = await state.health.is_ready()
    return Response({"status": "ready" if is_ready else "not ready"}, status_code=200 if is_ready else 503)


@get("/health/consumers", include_in_schema=False)
async def consumers(state: State) -> Response[dict[str, Any]]:
    """200 while nothing is wrong with any subscription; else 503, with the reason beside its topic."""
    report: dict[str, dict[str, Any]] = await state.health.consumers()
    is_wrong = any(topic["reason"] for topic in report.values())
    return Response(report, status_code=503 if is_wrong else 200)


@get("/metrics", include_in_schema=False)
async def metrics(state: State) -> Response[bytes]:
    await state.health.measure()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


HEALTH_HANDLERS = [live, ready, consumers, metrics]
