"""Servers that all tests of a process share: one real PostgreSQL and one real Kafka, started when first asked for."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from deploy.local.child import free_ports
from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer
from deploy.local.secrets import ensure_secrets
from deploy.local.topics import create_topics
from tests.support.databases import Postgres

# What the Kafka client says while brokers and groups are broken on purpose would bury the one line of a failure.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

# How long an example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The product runs on asyncio, and so do its tests."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A real PostgreSQL; `create(service)` gives a migrated database that nobody else uses."""
    (port,) = free_ports(1)
    server = PostgresServer(tmp_path_factory.mktemp("postgres"), port)
    server.start()
    databases = Postgres(server)
    try:
        yield databases
    finally:
        databases.close()
        server.stop()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A real Kafka broker with every topic of the registry."""
    port, controller_port = free_ports(2)
    server = KafkaServer(tmp_path_factory.mktemp("kafka"), port, controller_port)
    server.start()
    try:
        create_topics(server.bootstrap)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def secrets_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of a deployment, made for this run."""
    folder = tmp_path_factory.mktemp("secrets")
    ensure_secrets(folder)
    return folder
