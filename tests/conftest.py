"""What tests share, started when first asked for: one real PostgreSQL and one real Kafka for all processes of a run, and the
running applications of each process."""

import gc
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from deploy.local.child import free_ports
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from deploy.local.secrets import ensure_secrets
from deploy.local.topics import create_topics
from tests.support.applications import Applications
from tests.support.databases import Postgres
from tests.support.scheduling import TogetherInTown
from tests.support.sharing import shared
from tests.support.towns import DEMO

# The process of a run that several share the work of; empty in a run of one process.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

# What the Kafka client says while brokers and groups are broken on purpose would bury the one line of a failure.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

# How long an example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherInTown:
    """Who of several processes gets which tests."""
    return TogetherInTown(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: collectors that walk it again stop a process for so long that deadlines of tests pass."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors: a test that waits for a server, a browser or a deadline leaves its processor to another."""
    return len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)) + 1


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop of every asynchronous test is the one of our processes."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the whole run, the same for all of its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if WORKER else own


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Iterator[Postgres]:
    """A real PostgreSQL; `create(service)` gives a migrated database that nobody else uses."""
    folder = run_folder / "postgres-server"

    @contextmanager
    def start() -> Iterator[str]:
        server = PostgresServer(folder, free_ports(1)[0], is_durable=False)
        server.start()
        try:
            yield str(server.port)
        finally:
            server.stop()

    with shared(run_folder, "postgres", start) as port:
        databases = Postgres(PostgresServer(folder, int(port)), WORKER)
        try:
            yield databases
        finally:
            databases.close()


@pytest.fixture(scope="session")
def kafka(run_folder: Path) -> Iterator[KafkaServer]:
    """A real Kafka broker with every topic of the registry. Each test has topics with a prefix of its own."""
    folder = run_folder / "kafka-server"

    @contextmanager
    def start() -> Iterator[str]:
        server = KafkaServer(folder, *free_ports(2))
        server.start()
        try:
            create_topics(server.bootstrap)
            yield str(server.port)
        finally:
            server.stop()

    with shared(run_folder, "kafka", start) as port:
        yield KafkaServer(folder, int(port), 0)


@pytest.fixture(scope="session")
def secrets_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of a deployment, made for this run."""
    folder = tmp_path_factory.mktemp("secrets")
    ensure_secrets(folder)
    return folder


@pytest.fixture
def profile() -> str:
    """The town of a test; `also_under` names others."""
    return DEMO


@pytest.fixture(scope="session")
async def applications(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Applications]:
    """The running applications of this process; `lend` gives one to a test, with an empty database."""
    shared_ones = Applications(postgres, secrets_dir, tmp_path_factory.mktemp("towns"))
    yield shared_ones
    await shared_ones.close()
