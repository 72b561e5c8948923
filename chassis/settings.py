"""Settings of one process, from environment variables; secrets, from files of the secrets directory or variables."""

import os
from enum import StrEnum, auto
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class ProcessRole(StrEnum):
    """What a process does for its service; several replicas of any of them may run at once."""

    API = auto()
    CONSUMER = auto()
    RELAY = auto()
    JOBS = auto()


LOCK_CONNECTIONS = {ProcessRole.RELAY: 1, ProcessRole.JOBS: 1}
"""Connections beside the pool that hold the session locks of these roles."""


class ProcessSettings(BaseSettings):
    """What every process of the product is configured with: where to listen, which town, which log format."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=1, le=65535)]
    town_file: Path
    secrets_dir: Path
    portal_url: str
    log_format: Annotated[str, Field(pattern="^(json|console)$")] = "json"
    body_max_bytes: Annotated[int, Field(gt=0)] = 1_000_000
    drain_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    """How long a process drains, still answering after SIGTERM, so that its callers go elsewhere; longer than they keep
    unused connections (`http_client.IDLE_SECONDS`). Zero where nobody else could answer."""
    clock_offset_seconds: int = 0
    """Moves the town's clock, for a demonstration or a test that needs another day. Zero in production."""
    clock_error_seconds: int = 0
    """What the clock of the machine is wrong by: for a rehearsal of clocks that drift apart. Zero in production."""

    def secret(self, name: str) -> str:
        """The secret `name`: variable NAME in upper case, else the file of that name in the secrets directory.

        Raises:
            MissingSecret: neither is there.
        """
        if (value := os.environ.get(name.upper())) is not None:
            return value
        for path in (self.secrets_dir / name, self.secrets_dir / f"{name}.json"):
            if path.is_file():
                return path.read_text().strip()
        raise MissingSecret(f"secret {name!r}: set {name.upper()} or put a file of that name in {self.secrets_dir}")


class ServiceSettings(ProcessSettings):
    """What the process of a service is configured with besides: database, broker, time limits."""

    roles: Annotated[frozenset[ProcessRole], NoDecode] = frozenset(ProcessRole)
    database_url: str
    kafka_bootstrap_servers: str
    topic_prefix: str = ""
    database_pool_max: Annotated[int, Field(ge=2, le=64)] = 6
    """With two replicas of every service this fits into what PostgreSQL allows by default: docs/operations.md has the sum."""
    statement_timeout_seconds: Annotated[int, Field(ge=1)] = 10
    lock_timeout_seconds: Annotated[int, Field(ge=1)] = 3
    consumer_stuck_seconds: Annotated[float, Field(gt=0)] = 60
    """How long a consumer may do nothing, or be out of its group, before /health/consumers says so."""
    consumer_dead_seconds: Annotated[float, Field(gt=0)] = 300
    """How long before /health/live says so too; after twice that time the process ends by itself, to be started again."""
    consumer_lag_max: Annotated[int, Field(ge=0)] = 5_000
    """How many records may wait, and become more, before /health/consumers says so."""

    @property
    def connections_max(self) -> int:
        """How many connections to its database the process has at most; the one of its migrations is closed before the others open."""
        return self.database_pool_max + sum(LOCK_CONNECTIONS[role] for role in self.roles if role in LOCK_CONNECTIONS)

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value


class MissingSecret(Exception):
    """A secret that the process needs was given neither by a variable nor by a file."""
