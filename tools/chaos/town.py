"""The portal that faults are injected into: every process twice, servers of its own, and the witness beside them."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import asyncpg
import httpx2
from aiokafka.errors import KafkaError

from contracts.types import SERVICES
from deploy.local.child import LauncherError, free_ports
from deploy.local.kafka import KafkaServer
from deploy.local.ports import PortPlan
from deploy.local.postgres import PostgresServer
from deploy.local.processes import ManagedProcess, wait_all_ready
from deploy.local.stack import Stack, StackPlan

from .broker import Broker

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

PARIS: Final = ZoneInfo("Europe/Paris")
WEDNESDAY: Final = 2
MOVED: Final = ("identity", "family", "booking", "billing", "notifications", "gateway")
WITNESSES: Final = ("witness", "witness-2")
REPLICAS: Final = 2
POLL_SECONDS: Final = 0.1
READY_SECONDS: Final = 240.0
HTTP_SECONDS: Final = 20.0
# The Kafka client asserts what a broker that has just come back does not say yet.
AWAY: Final = (
    *(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, httpx2.HTTPError),
    *(KafkaError, AssertionError),
)


class NotInTime(Exception):
    """Something that must become true did not; the text says what."""


class MissedInstant(Exception):
    """A fault did not meet the instant that it is for; the text says which. Nothing is wrong with the portal."""


@dataclass(slots=True)
class Town:
    """A running portal. Processes are named as in its stack; the second replica of booking is `booking-2`.

    `now` is the town's instant when it started, `addresses` an administrator's DSN by service.
    """

    stack: Stack
    now: datetime
    addresses: Mapping[str, str]
    client: httpx2.AsyncClient

    @property
    def broker(self) -> Broker:
        """Its Kafka, as seen from outside the product."""
        return Broker(self.stack.bootstrap)

    @property
    def kafka(self) -> KafkaServer:
        """The broker's process."""
        assert self.stack.kafka is not None
        return self.stack.kafka

    @property
    def postgres(self) -> PostgresServer:
        """The database server's process."""
        assert self.stack.postgres is not None
        return self.stack.postgres

    def replicas(self, service: str) -> list[str]:
        """The processes of a service."""
        return [name for name in self.stack.processes if name.split("-")[0] == service]

    def child(self, name: str) -> ManagedProcess | KafkaServer | PostgresServer:
        """A process, `kafka` or `postgres`."""
        if name == "kafka":
            return self.kafka
        return self.postgres if name == "postgres" else self.stack.processes[name]

    def send(self, name: str, sign: signal.Signals) -> None:
        """Send a signal to a process, or to the broker."""
        child = self.child(name)
        assert not isinstance(child, PostgresServer)
        child.send(sign)

    def kill(self, *names: str) -> None:
        """SIGKILL processes or servers."""
        for name in names:
            self.child(name).kill()

    def give_roles(self, name: str, roles: str) -> None:
        """The roles that a process has when it is started next."""
        process = self.stack.processes[name]
        process.env = {**process.env, "ROLES": roles}

    async def start(self, *names: str) -> None:
        """Start processes or servers that were killed, and wait until they may be used. From the main thread only."""
        children = [self.child(name) for name in names]
        for child in children:
            child.launch()
        for child in children:
            if isinstance(child, ManagedProcess):
                await eventually(partial(self.is_ready, child), READY_SECONDS, f"{child.name} is ready")
            else:
                await eventually(partial(_answers, child), READY_SECONDS, f"{child.name} is ready")

    async def is_ready(self, process: ManagedProcess) -> bool:
        """Whether a process may get traffic."""
        try:
            return (await self.client.get(f"{process.url}/health/ready", timeout=2)).is_success
        except httpx2.HTTPError:
            return False

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[Connection]:
        """A connection to a service's database, with an administrator's rights."""
        connection: Connection = await asyncpg.connect(self.addresses[service], timeout=10)
        try:
            yield connection
        finally:
            connection.terminate()

    def replica_holding(self, service: str, port: int) -> str:
        """The replica of a service that holds a connection from this local port; LookupError when none does."""
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        sockets = {f"socket:[{line[9]}]" for line in lines if int(line[1].partition(":")[2], 16) == port}
        for name in self.replicas(service):
            held = Path(f"/proc/{self.stack.processes[name].pid}/fd").iterdir()
            if any(str(link.readlink()) in sockets for link in held if link.is_symlink()):
                return name
        raise LookupError(port)


@contextmanager
def running_stack(state_dir: Path, say: Callable[[str], None] = lambda _line: None) -> Iterator[tuple[Stack, datetime]]:
    """Every service twice, the witness twice, on servers of their own, in a town on a Wednesday morning."""
    now = wednesday_morning()
    offset = str(int((now - datetime.now(PARIS)).total_seconds()))
    replicas = dict.fromkeys(SERVICES, REPLICAS)
    plan = StackPlan(
        state_dir=state_dir,
        replicas=replicas,
        extra_env={name: {"CLOCK_OFFSET_SECONDS": offset} for name in MOVED},
    )
    with Stack(plan, say) as stack:
        address = asyncio.run(create_database(stack.admin_dsn, "witness"))
        for name in WITNESSES:
            add_process(stack, name, "tools.chaos.witness", address)
        wait_all_ready([stack.processes[name] for name in WITNESSES])
        yield stack, now


def add_process(stack: Stack, name: str, module: str, address: str, **variables: str) -> ManagedProcess:
    """Start another process beside a stack's own, built on the chassis, with the database at `address`."""
    (port,) = free_ports(1)
    stack.ports = PortPlan({**stack.ports.ports, name: port})
    environment = stack.env("family") | {"HTTP_PORT": str(port), "DATABASE_URL": address} | variables
    process = ManagedProcess(name, module, port, environment, stack.logs / f"{name}.log", stack.fork_server)
    stack.processes[name] = process
    process.launch()
    return process


async def _answers(server: KafkaServer | PostgresServer) -> bool:
    try:
        await asyncio.to_thread(server.wait_ready)
    except LauncherError:
        if not server.is_running():
            raise
        return False
    return True


@asynccontextmanager
async def open_town(stack: Stack, now: datetime) -> AsyncIterator[Town]:
    """The town of a running stack."""
    addresses = {service: address_of(stack.admin_dsn, service) for service in (*SERVICES, "witness")}
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=0)
    async with httpx2.AsyncClient(timeout=HTTP_SECONDS, limits=limits) as client:
        yield Town(stack, now, addresses, client)


async def create_database(admin_dsn: str, name: str) -> str:
    """Make a database; its address."""
    connection: Connection = await asyncpg.connect(admin_dsn)
    try:
        await connection.execute(f'create database "{name}"')
    finally:
        await connection.close()
    return address_of(admin_dsn, name)


def address_of(admin_dsn: str, database: str) -> str:
    """An administrator's address of another database."""
    return urlunsplit(urlsplit(admin_dsn)._replace(path=f"/{database}"))


def wednesday_morning() -> datetime:
    """Six o'clock on the next Wednesday, in the town: every cutoff of the day is still to come."""
    now = datetime.now(PARIS)
    day = now.date() + timedelta(days=(WEDNESDAY - now.weekday()) % 7 or 7)
    return datetime.combine(day, time(6), tzinfo=PARIS)


async def eventually(check: Callable[[], Awaitable[object]], seconds: float, what: str) -> float:
    """Wait until `check` gives something true; after how many seconds it did. A server that is away says no.

    Raises:
        NotInTime: with `what` it was about.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        try:
            if await check():
                return loop.time() - began
        except AWAY:
            pass
        if loop.time() - began > seconds:
            raise NotInTime(f"not within {seconds:.0f} s: {what}")
        await asyncio.sleep(POLL_SECONDS)
