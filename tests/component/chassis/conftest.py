"""A probe service: it notes each HouseholdCreated it applies, so that effects can be counted and their order read."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.data.database import Database, Transaction
from chassis.events.applying import Subscriptions
from chassis.settings import ServiceSettings
from contracts.event import Envelope
from contracts.family.events import HouseholdCreated
from tests.support.databases import Postgres
from tests.support.services import DEMO_TOWN

MIGRATIONS = Path(__file__).parent / "migrations"


async def note_effect(tx: Transaction, event: HouseholdCreated, envelope: Envelope) -> None:
    """The probe's effect: one row for each event."""
    await tx.execute(
        "insert into effects (household_id, sequence) values ($1, $2)", event.household_id, envelope.sequence
    )


@pytest.fixture
def subscriptions() -> Subscriptions:
    """The probe's subscription."""
    subscriptions = Subscriptions()
    subscriptions.on(HouseholdCreated, note_effect)
    return subscriptions


@pytest.fixture
async def settings(postgres: Postgres, secrets_dir: Path) -> ServiceSettings:
    """Settings of a process of the probe, on a database of its own."""
    return probe_settings(await postgres.create("probe", MIGRATIONS), secrets_dir)


@pytest.fixture
async def db(settings: ServiceSettings) -> AsyncIterator[Database]:
    """The probe's database."""
    database = await Database.open(settings, "probe")
    database.clock_offset = timedelta()
    yield database
    await database.close()


def probe_settings(database_url: str, secrets_dir: Path, **overrides: Any) -> ServiceSettings:
    """Settings of a process of the probe."""
    return ServiceSettings(
        http_port=1,
        town_file=DEMO_TOWN,
        secrets_dir=secrets_dir,
        portal_url="http://localhost:8000",
        database_url=database_url,
        **{"kafka_bootstrap_servers": "127.0.0.1:1", **overrides},
    )
