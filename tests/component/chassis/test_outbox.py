"""Events are stored with their transaction, numbered per key without a gap, in the order of commits."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from chassis.data.database import Database, Transaction, command
from chassis.events.outbox import EVENT_BYTES_MAX, EventTooLarge
from contracts.family.events import ChildAdded, HouseholdCreated, HouseholdState

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def created(household_id: UUID) -> HouseholdCreated:
    return HouseholdCreated(household_id=household_id, created_at=NOW)


async def sequences(db: Database, household_id: UUID) -> list[int]:
    rows = await db.fetch("select sequence from outbox where key = $1 order by id", str(household_id))
    return [row["sequence"] for row in rows]


async def test_events_commit_with_their_transaction_or_not_at_all(db: Database) -> None:
    household_id = uuid4()

    @command
    async def emit_and_fail(tx: Transaction) -> None:
        tx.emit(created(household_id))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await emit_and_fail(db)
    assert await sequences(db, household_id) == []
    async with db.transaction() as tx:
        tx.emit(created(household_id), ChildAdded(household_id=household_id, child_id=uuid4(), added_at=NOW))
    assert await sequences(db, household_id) == [1, 2]


async def test_an_event_that_no_topic_takes_is_not_committed(db: Database) -> None:
    household_id = uuid4()

    class LongHouseholdCreated(HouseholdCreated):
        note: str

    long = LongHouseholdCreated(household_id=household_id, created_at=NOW, note="n" * EVENT_BYTES_MAX)
    with pytest.raises(EventTooLarge):
        async with db.transaction() as tx:
            tx.emit(created(household_id), long)
    assert await sequences(db, household_id) == []


async def test_rows_follow_the_order_of_emission(db: Database) -> None:
    households = [uuid4() for _ in range(40)]
    async with db.transaction() as tx:
        for _ in range(3):
            tx.emit(*(created(household) for household in households))
    rows = await db.fetch("select key, sequence from outbox order by id")
    assert [(row["key"], row["sequence"]) for row in rows] == [
        (str(household), number) for number in (1, 2, 3) for household in households
    ]


async def test_concurrent_transactions_number_a_key_in_commit_order(db: Database) -> None:
    household_id, other_id = uuid4(), uuid4()

    async def emit_both(first: UUID, second: UUID) -> None:
        async with db.transaction() as tx:
            tx.emit(created(first), created(second))

    pairs = [(household_id, other_id), (other_id, household_id)] * 25
    await asyncio.gather(*(emit_both(*pair) for pair in pairs))
    assert await sequences(db, household_id) == list(range(1, 51))
    assert await sequences(db, other_id) == list(range(1, 51))


async def test_a_tombstone_has_no_payload(db: Database) -> None:
    household_id = uuid4()
    async with db.transaction() as tx:
        tx.erase(HouseholdState, str(household_id))
    assert await db.fetchval("select payload is null from outbox where key = $1", str(household_id))


async def test_a_command_runs_again_after_a_deadlock(db: Database) -> None:
    await db.execute("create table pair (id int primary key, n int not null)")
    await db.execute("insert into pair values (1, 0), (2, 0)")
    attempts = 0
    both_hold_one = asyncio.Barrier(2)

    @command
    async def bump(tx: Transaction, first: int, second: int) -> None:
        nonlocal attempts
        attempts += 1
        await tx.execute("update pair set n = n + 1 where id = $1", first)
        if attempts <= 2:
            await both_hold_one.wait()
        await tx.execute("update pair set n = n + 1 where id = $1", second)

    await asyncio.gather(bump(db, 1, 2), bump(db, 2, 1))
    assert attempts == 3
    assert [row["n"] for row in await db.fetch("select n from pair order by id")] == [2, 2]
