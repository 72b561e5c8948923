"""The whole portal as processes on one machine: PostgreSQL, Kafka, simulators, five services and the gateway, started in
the right order and stopped in the reverse one. `make up` and the end-to-end tests run the same stack."""

import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from . import environment
from .child import LOOPBACK, ROOT
from .fork_server import ForkServer
from .kafka import KafkaServer
from .ports import PortPlan, replica_names
from .postgres import SERVICES, PostgresServer, ensure_readers, ensure_service_databases
from .processes import ManagedProcess, Supervisor, stop_all, wait_all_ready
from .schemas import check_schemas
from .secrets import ensure_secrets
from .simulators import AGENT_PROVIDER, API_PARTICULIER, COLLECTOR, SIMULATORS, module_of, simulators_of
from .state import keep_previous_logs
from .topics import create_topics

DOCUMENTS = "documents"
CLIENT_ID = "portail-famille"
CLOCK = "CLOCK_OFFSET_SECONDS"
GATEWAY_STOP_SECONDS = 3
SERVICES_STOP_SECONDS = 8
TOWNS = ROOT / "deploy" / "towns"


@dataclass(frozen=True, slots=True)
class StackPlan:
    """What to run, with the profile of `town`: its name, or the path of a town.toml.

    `database_url` (an administrator's DSN) and `kafka_bootstrap` name servers to use instead of our own; `prefix` keeps
    this stack's databases, roles and topics apart on a shared server. `extra_env` adds variables by process name and
    `replicas` counts the processes by service name. `parts` limits the run to some processes, for tests. `has_traces` adds
    a collector of traces, and every other process sends it its spans.
    """

    state_dir: Path
    town: str = "demo"
    ports: PortPlan | None = None
    replicas: Mapping[str, int] = field(default_factory=dict)
    extra_env: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    database_url: str | None = None
    kafka_bootstrap: str | None = None
    prefix: str = ""
    parts: tuple[str, ...] | None = None
    has_traces: bool = False

    @property
    def town_file(self) -> Path:
        return Path(self.town) if self.town.endswith(".toml") else TOWNS / self.town / "town.toml"

    @property
    def simulators(self) -> tuple[str, ...]:
        """The stand-ins that the town needs."""
        return simulators_of(self.town_file)


def _say_nothing(_line: str) -> None:
    pass


class Stack:
    """A running portal. Start it from the main thread, by `start` or as a context manager."""

    def __init__(self, plan: StackPlan, say: Callable[[str], None] = _say_nothing) -> None:
        self.plan = plan
        self.state_dir = plan.state_dir.resolve()
        self.logs = self.state_dir / "logs"
        self.ports = plan.ports or PortPlan.free(plan.replicas)
        self.processes: dict[str, ManagedProcess] = {}
        self.fork_server = ForkServer(self.logs / "fork_server.log")
        self.supervisor = Supervisor(say)
        self._say = say
        self._dsns: dict[str, str] = {}
        self._readers: dict[str, str] = {}
        self.postgres = None if plan.database_url else PostgresServer(self.state_dir, self.ports["postgres"])
        self.kafka = (
            None if plan.kafka_bootstrap else KafkaServer(self.state_dir, self.ports["kafka"], self.ports["controller"])
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """The brokers' addresses."""
        return self.plan.kafka_bootstrap or f"{LOOPBACK}:{self.ports['kafka']}"

    @property
    def admin_dsn(self) -> str:
        """The administrator's DSN, for checks that look into every database."""
        return self.plan.database_url or (self.postgres.admin_dsn if self.postgres else "")

    @property
    def secrets_dir(self) -> Path:
        return self.state_dir / "secrets"

    def start(self) -> None:
        """Start everything and wait until it may be used; on a failure, stop what was started.

        Raises LauncherError with one line for the person at the keyboard.
        """
        began = time.monotonic()
        self.state_dir.mkdir(parents=True, exist_ok=True)
        (self.state_dir / DOCUMENTS).mkdir(exist_ok=True)
        keep_previous_logs(self.logs)
        ensure_secrets(self.secrets_dir)
        try:
            self.fork_server.start()
            without_server = (*((COLLECTOR,) if self.plan.has_traces else ()), *self.plan.simulators, "gateway")
            with ThreadPoolExecutor(1) as beside:  # Java takes longest: nothing keeps it waiting
                launched = beside.submit(self._launch, *without_server)
                self._launch_servers()
                launched.result()
            self._make_databases()
            check_schemas(self._dsns)
            self._launch(*SERVICES, *replica_names(self.plan.replicas))
            self._make_topics()
            wait_all_ready(list(self.processes.values()))
            for process in self.processes.values():
                self.supervisor.add(process)
            # A command of a service may run while none of its processes does, as after a restore.
            named = dict.fromkeys((*self.processes, *SERVICES))
            environment.keep(self.state_dir, {**{name: self.env(name) for name in named}, "tools": self.tool_env()})
            self._say(f"everything is ready after {time.monotonic() - began:.1f} s")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, last started first: the gateway, the services and simulators, then the servers."""
        environment.forget(self.state_dir)
        for name in [*self.processes, "postgres", "kafka"]:
            self.supervisor.remove(name)
        gateway = [process for name, process in self.processes.items() if name == "gateway"]
        stop_all(gateway, GATEWAY_STOP_SECONDS)
        collector = self.processes.pop(COLLECTOR, None)
        stop_all(list(self.processes.values()), SERVICES_STOP_SECONDS)
        stop_all([collector] if collector else [], SERVICES_STOP_SECONDS)  # after those whose last spans it receives
        self.fork_server.stop()
        with ThreadPoolExecutor(len(self._servers) or 1) as together:
            list(together.map(lambda server: server.stop(), self._servers))

    def end_former(self) -> None:
        """End the servers that a launcher which died left on this state."""
        for server in (self.kafka, self.postgres):
            if server is not None:
                server.end_former()

    def watch(self) -> None:
        """Start again what died since the last call; see `Supervisor.watch`."""
        self.supervisor.watch()

    def kill(self, name: str) -> None:
        """SIGKILL one process, or one server (`postgres`, `kafka`)."""
        self._child(name).kill()

    def stop_one(self, name: str) -> None:
        """Stop one process or server gracefully and leave it stopped."""
        self.supervisor.remove(name)
        self._child(name).stop()

    def restart(self, name: str) -> None:
        """Stop one process or server if it runs, start it and wait until it may be used."""
        child = self._child(name)
        child.stop()
        child.launch()
        child.wait_ready()
        self.supervisor.add(child)

    def send(self, name: str, sign: signal.Signals) -> None:
        """Send a signal to one of the portal's processes."""
        self.processes[name].send(sign)

    def url(self, name: str) -> str:
        """The HTTP address of a process, without a trailing slash."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def _urls(self, service: str) -> str:
        """The addresses of every replica of a service."""
        return ",".join(map(self.url, (service, *replica_names({service: self.plan.replicas.get(service, 1)}))))

    @property
    def portal_url(self) -> str:
        """The address that a browser uses: session cookies need the name localhost, not its number."""
        return f"http://localhost:{self.ports['gateway']}"

    def dsn(self, service: str) -> str:
        """The DSN of a service's own database, under its own role."""
        return self._dsns[service]

    def env(self, name: str) -> dict[str, str]:
        """The variables that a process is given besides the inherited ones."""
        service = name.split("-")[0]
        common = {
            "HTTP_HOST": LOOPBACK,
            "HTTP_PORT": str(self.ports[name]),
            "FRANCECONNECT_ISSUER": f"{self.url('franceconnect')}/api/v2",
            "FRANCECONNECT_CLIENT_ID": CLIENT_ID,
            "AGENT_PROVIDER_ISSUER": f"{self.url(AGENT_PROVIDER)}/realms/mairie",
            "AGENT_PROVIDER_CLIENT_ID": CLIENT_ID,
            "TOWN_FILE": str(self.plan.town_file),
            "SECRETS_DIR": str(self.secrets_dir),
            "PORTAL_URL": self.portal_url,
            "LOG_FORMAT": "json",
            "PYTHONUNBUFFERED": "1",
        }
        if self.plan.replicas.get(service, 1) == 1:
            common |= {"DRAIN_SECONDS": "0"}  # nobody else could answer meanwhile
        documents = (self.state_dir / DOCUMENTS).as_uri()
        smtp = {"SMTP_HOST": LOOPBACK, "SMTP_PORT": str(self.ports["smtp"])}
        own: dict[str, dict[str, str]] = {
            "gateway": {
                **{f"{peer.upper()}_URL": self._urls(peer) for peer in (*SERVICES, "payfip")},
                "METRICS_PORT": str(self.ports["metrics"]),
                "HAS_RATE_LIMITS": "false",  # every visitor of this machine has the same address
            },
            "family": {"DOCUMENT_STORE": documents, "API_PARTICULIER_URL": self.url(API_PARTICULIER)},
            "billing": {"PAYFIP_URL": self.url("payfip")},
            "notifications": smtp,
            "mail": smtp,
        }
        if service in SERVICES:
            common |= {"DATABASE_URL": self.dsn(service), "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap}
            common |= {"TOPIC_PREFIX": self.plan.prefix}
        if service in SIMULATORS:
            common |= {"STATE_DIR": str(self.state_dir / name)}
        elif service == COLLECTOR:
            common |= {"STATE_DIR": str(self.state_dir)}
        elif self.plan.has_traces:
            common |= {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url(COLLECTOR)}
        return common | own.get(service, {}) | dict(self.plan.extra_env.get(name, self.plan.extra_env.get(service, {})))

    def tool_env(self) -> dict[str, str]:
        """The variables for a tool that talks to the running portal, such as the seed: on the town's clock, as the services are."""
        urls = {f"{name.upper()}_URL": self.url(name) for name in (*SERVICES, *self.plan.simulators, "gateway")}
        urls |= {f"{name.upper()}_DATABASE_URL": dsn for name, dsn in self._dsns.items()}
        urls |= {f"{name.upper()}_READER_URL": dsn for name, dsn in self._readers.items()}
        return urls | {
            "PORTAL_URL": self.portal_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "TOPIC_PREFIX": self.plan.prefix,
            "TOWN_FILE": str(self.plan.town_file),
            "SECRETS_DIR": str(self.secrets_dir),
            **{name: value for name, value in self.env("booking").items() if name == CLOCK},
        }

    def _child(self, name: str) -> "ManagedProcess | PostgresServer | KafkaServer":
        server = {"postgres": self.postgres, "kafka": self.kafka}.get(name)
        return server or self.processes[name]

    @property
    def _servers(self) -> list[KafkaServer | PostgresServer]:
        return [server for server in (self.kafka, self.postgres) if server is not None]

    def _launch_servers(self) -> None:
        with ThreadPoolExecutor(len(self._servers) or 1) as together:
            list(together.map(lambda server: server.prepare(), self._servers))
        for server in self._servers:
            self._say(f"{server.name}: starting")
            server.launch()

    def _make_databases(self) -> None:
        """Services need no more to begin."""
        if self.postgres is not None:
            self.postgres.wait_ready()
        passwords = self.state_dir / "database_passwords.json"
        self._dsns = ensure_service_databases(self.admin_dsn, self.plan.prefix, passwords)
        self._readers = ensure_readers(self.admin_dsn, self.plan.prefix, passwords)

    def _make_topics(self) -> None:
        """Make the topics once Kafka answers; consumers wait for them before they join."""
        if self.kafka is not None:
            self.kafka.wait_ready()
        create_topics(self.bootstrap, self.plan.prefix, is_our_broker=self.kafka is not None)
        for server in self._servers:
            self.supervisor.add(server)

    def _launch(self, *names: str) -> None:
        for name in filter(self._is_wanted, names):
            self._say(f"{name}: starting")
            port, env, log = self.ports[name], self.env(name), self.logs / f"{name}.log"
            self.processes[name] = ManagedProcess(name, module_of(name), port, env, log, self.fork_server)
            self.processes[name].launch()

    def _is_wanted(self, name: str) -> bool:
        return self.plan.parts is None or name == COLLECTOR or name.split("-")[0] in self.plan.parts
