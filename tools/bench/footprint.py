"""P10: how long the portal takes from nothing to all ready, and how much memory its idle services hold.

Ours is the stack of `make up` on a fresh state: cluster and broker made and started, databases migrated, topics made,
five services, gateway and simulators ready. Downloads, the virtual environment and the demonstration's families are not
part of it. The peer is the same PostgreSQL and the same Kafka, made, started and ready, and nothing else; for memory, one
route of the same web framework behind the same server. Memory is read once everything has been idle for a while, and a
service's figure is the mean of the five.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from tempfile import mkdtemp

from deploy.local.child import free_ports
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import SERVICES, PostgresServer
from deploy.local.processes import ManagedProcess
from deploy.local.stack import Stack, StackPlan

from .harness import Goal, InvariantBroken, Outcome, Setting, Sides
from .procfs import memory_megabytes
from .servers import Run, one_thread

IDLE_SECONDS = 5.0
QUICK_IDLE_SECONDS = 1.0


class Footprint:
    """The scenario."""

    id = "P10"
    title = "From nothing to all ready, and the memory of an idle service"
    goals = (
        Goal("ready", "s", is_more_better=False, release=1.5, product=1.5),
        Goal("service_rss", "MB", is_more_better=False, release=1.5, product=1.4),
        Goal("service_pss", "MB", is_more_better=False, release=1.5, product=1.4),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
        """Nothing runs between the sides: each starts and stops its own. One start of each warms the file cache up."""
        async with one_thread() as run:
            sides = _Starts(run, setting.folder, QUICK_IDLE_SECONDS if setting.is_quick else IDLE_SECONDS)
            if not setting.is_quick:
                await sides.peer()
                await sides.ours()
            yield sides


@dataclass(slots=True)
class _Starts:
    run: Run
    folder: Path
    idle_seconds: float

    async def ours(self) -> Outcome:
        """Start the whole stack, let it rest, look at its processes, stop it."""
        stack = Stack(StackPlan(self._fresh("ours")))
        began = time.monotonic()
        await self.run(stack.start)
        seconds = time.monotonic() - began
        try:
            await asyncio.sleep(self.idle_seconds)
            if not all(process.is_ready() for process in stack.processes.values()):
                raise InvariantBroken("a process that was ready is not any more")
            memory = {name: memory_megabytes(process.pid or 0) for name, process in stack.processes.items()}
        finally:
            await self.run(stack.stop)
        return _outcome(seconds, memory, SERVICES)

    async def peer(self) -> Outcome:
        """Start the two servers; then one bare process, for its memory."""
        folder = self._fresh("peer")
        port, kafka_port, controller_port, http_port = free_ports(4)
        postgres, kafka = PostgresServer(folder, port), KafkaServer(folder, kafka_port, controller_port)
        bare = ManagedProcess("bare", "tools.bench.bare", http_port, {"HTTP_PORT": str(http_port)}, folder / "bare.log")
        began = time.monotonic()
        try:
            await self.run(partial(_start_servers, postgres, kafka))
            seconds = time.monotonic() - began
            await self.run(bare.launch)
            await self.run(bare.wait_ready)
            await asyncio.sleep(self.idle_seconds)
            memory = {"bare": memory_megabytes(bare.pid or 0)}
        finally:
            for server in (bare, kafka, postgres):
                await self.run(server.stop)
        return _outcome(seconds, memory, ("bare",))

    async def check(self) -> None:
        """That everything stayed ready is looked at while it runs."""

    def _fresh(self, name: str) -> Path:
        """A new folder. Those of the rounds before stay until the end: a file system that was just told to delete thousands of files
        takes longer to make new ones, which is no part of a start."""
        folder = Path(mkdtemp(prefix=f"{name}-", dir=self.folder))
        folder.chmod(0o755)  # the database's account passes through it
        return folder


def _start_servers(postgres: PostgresServer, kafka: KafkaServer) -> None:
    """As the stack does it: both prepared at once, both launched, both awaited."""
    with ThreadPoolExecutor(2) as together:
        list(together.map(lambda prepare: prepare(), (kafka.prepare, postgres.prepare)))
    kafka.launch()
    postgres.launch()
    postgres.wait_ready()
    kafka.wait_ready()


def _outcome(seconds: float, memory: Mapping[str, tuple[float, float]], counted: tuple[str, ...]) -> Outcome:
    figures = {
        "ready": seconds,
        "service_rss": mean(memory[name][0] for name in counted),
        "service_pss": mean(memory[name][1] for name in counted),
    }
    shown = {name: {"rss_mb": round(rss, 1), "pss_mb": round(pss, 1)} for name, (rss, pss) in memory.items()}
    return Outcome(figures, shown)
