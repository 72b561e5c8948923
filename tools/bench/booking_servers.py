"""What the booking measures run on: PostgreSQL and Kafka as the launcher starts them, and the booking service's processes.

One process has the role `relay`, so that events leave for Kafka while bookings come in; the others have the role `api`.
"""

import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from deploy.local.child import LOOPBACK, ROOT, children_of, free_ports
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer, create_service_databases
from deploy.local.processes import ManagedProcess, stop_all, wait_all_ready
from deploy.local.secrets import ensure_secrets
from deploy.local.topics import ensure_topics

from .booking_load import Answers, Plan
from .booking_peer import Sample
from .booking_town import Town, tokens
from .harness import InvariantBroken

TICKS_PER_SECOND = 100
STOP_SECONDS = 20
DRAIN_SECONDS = 60

SAMPLE_SQL = """
select (select response::text from idempotency_keys limit 1) as answer,
       convert_from((select payload from outbox where event_type = 'booking.booking_confirmed.v1' limit 1), 'UTF8')
           as confirmed,
       convert_from((select payload from outbox where event_type = 'booking.basket_confirmed.v1' limit 1), 'UTF8')
           as basket,
       (select trace::text from outbox limit 1) as trace
"""


class BookingServers:
    """Servers and processes of one scenario, in `folder`. Our database and the peer's are on the same server."""

    def __init__(self, folder: Path, apis: int) -> None:
        ports = free_ports(4 + apis)
        self._folder = folder
        self._postgres = PostgresServer(folder, ports[0])
        self._kafka = KafkaServer(folder, ports[1], ports[2])
        self._api_ports = ports[4:]
        self._relay_port = ports[3]
        self.processes: dict[str, ManagedProcess] = {}
        self.tokens: Sequence[str] = ()

    async def start(self) -> None:
        """Start the servers, fill both databases, and start the processes."""
        self._postgres.start()
        self._kafka.start()
        await ensure_topics(self._kafka.bootstrap)
        ensure_secrets(self._folder / "secrets")
        admin = self._postgres.admin_dsn
        self.ours = Town((await create_service_databases(admin))["booking"], admin)
        self.peer = Town((await create_service_databases(admin, "peer_"))["booking"], admin)
        await self.ours.fill()
        await self.peer.fill()
        self.tokens = tokens(self._folder / "secrets")
        for number, port in enumerate(self._api_ports, 1):
            self._launch(f"api-{number}", "api", port)
        wait_all_ready(list(self.processes.values()))
        await self.load(connections=1, count=1)
        self.sample = await self._sample()
        self._launch("relay", "relay", self._relay_port)
        wait_all_ready(list(self.processes.values()))

    def stop(self) -> None:
        stop_all(list(self.processes.values()), STOP_SECONDS)
        self._kafka.stop()
        self._postgres.stop()

    async def load(self, **plan: Any) -> Answers:
        """Run the load in a process of its own."""
        file = self._folder / "plan.json"
        fields = {"ports": self._api_ports, "tokens": list(self.tokens), **plan}
        assert Plan(**fields)
        file.write_text(json.dumps(fields))
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tools.bench.booking_load", str(file), cwd=ROOT
        )
        if await child.wait():
            raise RuntimeError("the load failed")
        return Answers(**json.loads(file.with_suffix(".answers").read_text()))

    async def drained(self) -> None:
        """Wait until the relay has published what was committed."""
        connection = await asyncpg.connect(self.ours.address)
        try:
            deadline = time.monotonic() + DRAIN_SECONDS
            while await connection.fetchval("select exists (select from outbox)"):
                if time.monotonic() > deadline:
                    raise InvariantBroken("the relay does not publish what was committed")
                await asyncio.sleep(0.2)
        finally:
            await connection.close()

    async def _sample(self) -> Sample:
        """The texts of a booking that the service made, while no relay runs."""
        connection = await asyncpg.connect(self.ours.address)
        try:
            return Sample(**dict(await connection.fetchrow(SAMPLE_SQL) or {}))
        finally:
            await connection.close()

    def cpu_seconds(self) -> Mapping[str, float]:
        """Processor time since the start, by part: postgres, kafka, relay, and all the processes that answer."""
        parts: defaultdict[str, float] = defaultdict(float)
        for pid in children_of(os.getpid()):
            part = _part_of(pid)
            parts[part] += _cpu_seconds(pid, with_ended=part == "postgres")
            if part == "postgres":
                parts[part] += sum(map(_cpu_seconds, children_of(pid)))
        return parts

    def _launch(self, name: str, roles: str, port: int) -> None:
        env = {
            "ROLES": roles,
            "HTTP_HOST": LOOPBACK,
            "HTTP_PORT": str(port),
            "DATABASE_URL": self.ours.address,
            "KAFKA_BOOTSTRAP_SERVERS": self._kafka.bootstrap,
            "TOWN_FILE": str(ROOT / "deploy" / "towns" / "demo" / "town.toml"),
            "SECRETS_DIR": str(self._folder / "secrets"),
            "PORTAL_URL": "http://localhost:8000",
            "LOG_FORMAT": "json",
        }
        process = ManagedProcess(name, "services.booking", port, env, self._folder / "logs" / f"{name}.log")
        process.launch()
        self.processes[name] = process


def _part_of(pid: int) -> str:
    """What one of our children is: the role of a process of the service, or the name of a server."""
    folder = Path(f"/proc/{pid}")
    if b"services.booking" in (folder / "cmdline").read_bytes():
        roles = [word for word in (folder / "environ").read_bytes().split(b"\0") if word.startswith(b"ROLES=")]
        return roles[0].removeprefix(b"ROLES=").decode()
    return "kafka" if b"kafka.Kafka" in (folder / "cmdline").read_bytes() else "postgres"


def _cpu_seconds(pid: int, with_ended: bool = False) -> float:
    """User and system time of a process; `with_ended` adds that of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11 : 15 if with_ended else 13]) / TICKS_PER_SECOND
