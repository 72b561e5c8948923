"""A batch with a bad record in it: the others take effect once and in order, the bad one is put aside without its content."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from chassis.data.database import Database, Transaction
from chassis.data.outages import OUTAGES
from chassis.events.applying import ATTEMPTS_MAX, Applier, ReceivedRecord, Subscriptions
from contracts.event import Envelope, MalformedRecord, read_record
from contracts.family.events import HouseholdCreated
from tests.component.chassis.conftest import probe_settings
from tests.component.chassis.probe_service import Gate
from tests.support.databases import Postgres

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOPIC = HouseholdCreated.topic
SECRET_TEXT = "Violette Lemercier"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.events.applying.RETRY_PAUSE_SECONDS", 0.001)


def received(household_id: UUID, offset: int, payload: bytes | None = None) -> ReceivedRecord:
    """A record of a household's topic; the offset is its sequence too."""
    event = HouseholdCreated(household_id=household_id, created_at=NOW)
    envelope = Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, offset, NOW, payload or event.payload())
    return ReceivedRecord(0, offset, event.key, envelope)


def unreadable(offset: int) -> ReceivedRecord:
    """A record whose time is no time."""
    headers = [("ce_id", str(uuid4()).encode()), ("ce_type", b"x"), ("ce_source", b"/test"), ("ce_sequence", b"1")]
    with pytest.raises(MalformedRecord) as raised:
        read_record(TOPIC, b"key", b"{}", [*headers, ("ce_time", SECRET_TEXT.encode())])
    return ReceivedRecord(0, offset, "key", None, raised.value)


async def effects(db: Database) -> list[int]:
    return [row["sequence"] for row in await db.fetch("select sequence from effects order by id")]


async def dead_letters(db: Database) -> list[tuple[int, str, int]]:
    rows = await db.fetch("select record_offset, cause, attempt_count from dead_letters order by record_offset")
    return [(row["record_offset"], row["cause"], row["attempt_count"]) for row in rows]


async def test_a_bad_record_is_put_aside_and_the_others_are_applied_once(
    db: Database, subscriptions: Subscriptions
) -> None:
    household_id = uuid4()
    wrong = f'{{"household_id": "{SECRET_TEXT}", "created_at": "2026-09-01T00:00:00Z"}}'.encode()
    batch = [received(household_id, 1), received(household_id, 2, wrong), received(household_id, 3), unreadable(4)]
    applier = Applier(db, subscriptions)
    for _ in range(2):
        await applier.apply(TOPIC, batch)
    assert await effects(db) == [1, 3]
    letters = await dead_letters(db)
    assert letters[0] == (2, "ValidationError household_id:uuid_parsing", 2)
    assert letters[1] == (4, "MalformedRecord ValueError", 0)
    whole = await db.fetchval("select string_agg(dead_letters::text, '') from dead_letters")
    assert SECRET_TEXT not in whole


async def test_a_record_that_keeps_failing_is_given_up_after_its_attempts(db: Database) -> None:
    failing, seen = uuid4(), []

    async def note_or_fail(tx: Transaction, event: HouseholdCreated, envelope: Envelope) -> None:
        seen.append(envelope.sequence)
        await tx.execute(
            "insert into effects (household_id, sequence) values ($1, $2)", event.household_id, envelope.sequence
        )
        if event.household_id == failing:
            raise LookupError(SECRET_TEXT)

    subscriptions = Subscriptions()
    subscriptions.on(HouseholdCreated, note_or_fail)
    await Applier(db, subscriptions).apply(TOPIC, [received(uuid4(), 1), received(failing, 2), received(uuid4(), 3)])
    assert await effects(db) == [1, 3]
    assert await dead_letters(db) == [(2, "LookupError", ATTEMPTS_MAX)]
    assert seen == [1, 2, 1, 2, 3, *[2] * (ATTEMPTS_MAX - 1)]  # another key does not wait for the retries


async def test_collisions_are_retried_beyond_the_attempts_of_other_failures(db: Database) -> None:
    attempts = 0

    async def collide(tx: Transaction, event: HouseholdCreated, envelope: Envelope) -> None:
        nonlocal attempts
        attempts += 1
        await tx.execute(
            "insert into effects (household_id, sequence) values ($1, $2)", event.household_id, envelope.sequence
        )
        if attempts <= ATTEMPTS_MAX + 3:
            await tx.execute("do $$ begin raise sqlstate '40001'; end $$")

    subscriptions = Subscriptions()
    subscriptions.on(HouseholdCreated, collide)
    await Applier(db, subscriptions).apply(TOPIC, [received(uuid4(), 1)])
    assert await effects(db) == [1]
    assert await dead_letters(db) == []


async def test_two_consumers_of_the_same_records_apply_them_once(db: Database, subscriptions: Subscriptions) -> None:
    batch = [received(uuid4(), offset) for offset in range(1, 21)]
    await asyncio.gather(*(Applier(db, subscriptions).apply(TOPIC, batch) for _ in range(4)))
    assert sorted(await effects(db)) == list(range(1, 21))


async def test_an_outage_is_raised_and_the_batch_is_applied_when_asked_again(
    postgres: Postgres, secrets_dir: Path, subscriptions: Subscriptions
) -> None:
    async with Gate.to(await postgres.create("probe")) as gate:
        db = await Database.open(probe_settings(gate.url, secrets_dir), "probe")
        try:
            applier, batch = Applier(db, subscriptions), [received(uuid4(), 1), unreadable(2)]
            gate.close()
            with pytest.raises(OUTAGES):
                await applier.apply(TOPIC, batch)
            gate.reopen()
            assert (await effects(db), await dead_letters(db)) == ([], [])
            await applier.apply(TOPIC, batch)
            assert await effects(db) == [1]
        finally:
            await db.close()


async def test_a_connection_cut_in_the_middle_puts_nothing_aside(db: Database) -> None:
    async def cut(tx: Transaction, _event: HouseholdCreated, _envelope: Envelope) -> None:
        await tx.execute("select pg_terminate_backend(pg_backend_pid())")

    subscriptions = Subscriptions()
    subscriptions.on(HouseholdCreated, cut)
    with pytest.raises(OUTAGES):
        await Applier(db, subscriptions).apply(TOPIC, [received(uuid4(), 1)])
    assert await dead_letters(db) == []
    assert await db.fetchval("select count(*) from inbox") == 0
