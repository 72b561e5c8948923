"""What operators' commands share: a service's own parts - settings, subscriptions, database - outside of its process.

A command runs beside the service, with the variables of the service's process.
"""

import asyncio
import getpass
import importlib
import logging
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from chassis.data.database import Database
from chassis.data.outages import OUTAGES
from chassis.events.applying import Applier
from chassis.service import Service
from chassis.settings import ServiceSettings
from contracts.types import SERVICES

from .records import RecordReader

POOL_MAX = 2
# Settings that a service's process needs and no handler of an event uses: a command works without them.
UNUSED = {
    "HTTP_PORT": "1",
    "PORTAL_URL": "http://localhost",
    "PAYFIP_URL": "http://localhost",
    "SMTP_HOST": "localhost",
    "SMTP_PORT": "1",
}


class OperatorError(Exception):
    """Something the operator can mend: one line that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Operated:
    """A service as a command uses it: its database, its way to apply records, and the topics it reads."""

    service: Service
    db: Database
    applier: Applier
    reader: RecordReader


@asynccontextmanager
async def operated(name: str) -> AsyncIterator[Operated]:
    """The parts of a service, with its settings from the environment.

    Raises OperatorError when there is no such service, or its settings are not there.
    """
    settings = _settings_of(name)
    async with (
        _opened(name, settings) as (service, db),
        RecordReader(settings.kafka_bootstrap_servers, settings.topic_prefix) as reader,
    ):
        yield Operated(service, db, Applier(db, service.subscriptions), reader)


@asynccontextmanager
async def without_records(name: str) -> AsyncIterator[tuple[Service, Database]]:
    """A service and its database, for a command that reads no record. Raises OperatorError as `operated` does."""
    async with _opened(name, _settings_of(name)) as parts:
        yield parts


@asynccontextmanager
async def _opened(name: str, settings: ServiceSettings) -> AsyncIterator[tuple[Service, Database]]:
    service: Service = importlib.import_module(f"services.{name}.app").create(settings)
    db = await Database.open(settings.model_copy(update={"database_pool_max": POOL_MAX}), f"{name} operator")
    try:
        yield service, db
    finally:
        await db.close()


def _settings_of(name: str) -> ServiceSettings:
    if name not in SERVICES:
        raise OperatorError(f"no service {name}: one of {', '.join(SERVICES)}")
    for variable, value in UNUSED.items():
        os.environ.setdefault(variable, value)
    chosen = getattr(importlib.import_module(f"services.{name}.settings"), f"{name.capitalize()}Settings")
    try:
        settings: ServiceSettings = chosen()
    except ValidationError as error:
        missing = ", ".join(str(detail["loc"][0]).upper() for detail in error.errors())
        raise OperatorError(
            f"run this with the variables of the {name} service's process; wrong or missing: {missing}"
        ) from None
    return settings


def run(command: Coroutine[Any, Any, int]) -> int:
    """Run a command to its exit code: 2, with one line that says why, when it cannot run."""
    # A command speaks to a person in its own words; logs are the services'.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(command)
    except OperatorError as error:
        print(f"error: {error}", file=sys.stderr)
    except (KafkaError, *OUTAGES) as outage:
        print(f"error: the database or the broker does not answer ({type(outage).__name__})", file=sys.stderr)
    return 2


def variable(name: str) -> str:
    """A variable that a command needs. Raises OperatorError."""
    if not (value := os.environ.get(name)):
        raise OperatorError(f"{name} is not set: run this with the variables of the portal's tools")
    return value


def operator() -> str:
    """Who runs the command, by the name of the account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        return f"uid {os.getuid()}"
