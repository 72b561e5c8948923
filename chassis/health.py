"""Health: is the process alive, may it get traffic, do its consumers make progress; and its metrics."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from litestar import Response, get
from litestar.datastructures import State
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .telemetry import CONSUMER_LAG, POOL_IN_USE

if TYPE_CHECKING:
    from .consumer import Consumer
    from .database import Database

DATABASE_ANSWER_SECONDS = 2.0


class Health:
    """What the process knows of its own parts."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._db: Database | None = None
        self._consumer: Consumer | None = None
        self._tasks: Sequence[asyncio.Task[None]] = ()
        self._is_stopping = False

    def start(self, db: "Database", consumer: "Consumer | None", tasks: Sequence["asyncio.Task[None]"]) -> None:
        """The parts are running."""
        self._db, self._consumer, self._tasks = db, consumer, tasks

    def stopping(self) -> None:
        """No new traffic, please."""
        self._is_stopping = True

    def dead_parts(self) -> list[str]:
        """Background tasks that ended although nobody stopped them."""
        return [task.get_name() for task in self._tasks if task.done()]

    async def is_ready(self) -> bool:
        """Whether a request could be served now: the database answers and nobody said stop."""
        if self._db is None or self._is_stopping:
            return False
        try:
            await asyncio.wait_for(self._db.fetchval("select 1"), DATABASE_ANSWER_SECONDS)
        except Exception:  # whatever the reason, the answer is the same: not ready
            return False
        return True

    async def consumers(self) -> dict[str, Any]:
        """Every subscription: its partitions, its lag, and whether it is stuck or without partitions."""
        report: dict[str, Any] = {}
        for subscriber in self._consumer.broker.subscribers if self._consumer else ():
            consumer = getattr(subscriber, "consumer", None)
            topic = ",".join(getattr(subscriber, "topic_names", ()))
            if consumer is None:
                report[topic] = {"assigned": 0, "lag": None}
                continue
            lag = 0
            for partition in consumer.assignment():
                behind = (consumer.highwater(partition) or 0) - await consumer.position(partition)
                lag += max(behind, 0)
                CONSUMER_LAG.labels(partition.topic, str(partition.partition)).set(max(behind, 0))
            report[topic] = {"assigned": len(consumer.assignment()), "lag": lag}
        return report

    def measure(self) -> None:
        """Bring the gauges that are only known on demand up to date."""
        if self._db is not None:
            pool = self._db.pool
            POOL_IN_USE.labels(self._service).set(pool.get_size() - pool.get_idle_size())


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
async def consumers(state: State) -> dict[str, Any]:
    """The state of each subscription."""
    report: dict[str, Any] = await state.health.consumers()
    return report


@get("/metrics", include_in_schema=False)
async def metrics(state: State) -> Response[bytes]:
    """Prometheus metrics of this process."""
    state.health.measure()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


HEALTH_HANDLERS = [live, ready, consumers, metrics]
