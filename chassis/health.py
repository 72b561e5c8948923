"""Health checks - liveness, readiness, progress of consumers - and the endpoint that metrics are scraped from."""

import os
import platform
import time
from email.utils import formatdate
from typing import Any, Protocol

from litestar import Response, get
from litestar.datastructures import State
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.clock_watch import ClockWatch
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
        self._clock: ClockWatch | None = None
        self._is_stopping = False
        BUILD.labels(os.environ.get("RELEASE", "unknown"), platform.python_version()).set(1)

    def start(
        self, db: Database, consumer: Consuming | None, supervisor: Supervisor, clock: ClockWatch | None = None
    ) -> None:
        """From here on, check these parts."""
        self._db, self._consumer, self._supervisor, self._clock = db, consumer, supervisor, clock
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

    async def unready(self) -> list[str]:
        """Why no request could be served now, in words; nothing when one could."""
        if self._db is None or self._is_stopping:
            return ["this process is stopping" if self._is_stopping else "this process is starting"]
        answers = await (self._clock.look() if self._clock else self._db.answers())
        wrong_clock = self._clock.reason if self._clock else ""
        return [reason for reason in ("" if answers else "the database does not answer", wrong_clock) if reason]

    def time(self) -> float:
        """What the clock of this process shows, in seconds since 1970."""
        return self._clock.time() if self._clock else time.time()

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
    """200 when a request could be served now; else 503, with the reasons. `Date` is what the clock of this process shows."""
    reasons = await state.health.unready()
    return Response(
        {"status": "not ready" if reasons else "ready", "reasons": reasons},
        status_code=503 if reasons else 200,
        headers={"Date": formatdate(state.health.time(), usegmt=True)},
    )


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
