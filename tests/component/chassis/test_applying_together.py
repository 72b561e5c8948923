"""Events that a handler takes together: neighbors in one call, in order, once in effect, each in its own trace."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from chassis.data.database import Database, Transaction
from chassis.events.applying import Applier, ReceivedRecord, Subscriptions
from contracts.event import Envelope, Event
from contracts.family.events import ChildAdded, HouseholdCreated

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOPIC = HouseholdCreated.topic


def received(event: Event, offset: int, trace: str = "") -> ReceivedRecord:
    """A record; the offset is its sequence too."""
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"} if trace else {}
    payload = event.payload()
    envelope = Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, offset, NOW, payload, trace=headers)
    return ReceivedRecord(0, offset, event.key, envelope)


def created(offset: int, trace: str = "") -> ReceivedRecord:
    """A household was created."""
    return received(HouseholdCreated(household_id=uuid4(), created_at=NOW), offset, trace)


def ignored(offset: int) -> ReceivedRecord:
    """An event that the probe does not listen to."""
    return received(ChildAdded(household_id=uuid4(), child_id=uuid4(), added_at=NOW), offset)


class Taken:
    """A handler of many that notes its calls, and refuses the households it is told to."""

    def __init__(self, refused: Sequence[UUID] = ()) -> None:
        self.calls: list[list[int]] = []
        self.traces: list[str] = []
        self._refused = refused

    async def take(self, tx: Transaction, created: Sequence[tuple[HouseholdCreated, Envelope]]) -> None:
        """Note a call, and one effect for each event."""
        self.calls.append([envelope.sequence for _, envelope in created])
        self.traces += [envelope.trace.get("traceparent", "") for _, envelope in created]
        for event, envelope in created:
            if event.household_id in self._refused:
                raise ArithmeticError
            sql = "insert into effects (household_id, sequence) values ($1, $2)"
            await tx.execute(sql, event.household_id, envelope.sequence)

    def applier(self, db: Database) -> Applier:
        """What applies records through this handler."""
        subscriptions = Subscriptions()
        subscriptions.on_many(self.take, HouseholdCreated)
        return Applier(db, subscriptions)


async def effects(db: Database) -> list[int]:
    return [row["sequence"] for row in await db.fetch("select sequence from effects order by id")]


async def test_neighbors_come_in_one_call_whatever_nobody_listens_to_between_them(db: Database) -> None:
    taken = Taken()
    await taken.applier(db).apply(TOPIC, [created(1), ignored(2), created(3), ignored(4), created(5)])
    assert taken.calls == [[1, 3, 5]]
    assert await effects(db) == [1, 3, 5]


async def test_another_handler_parts_them_so_that_order_is_kept(db: Database) -> None:
    taken = Taken()
    applier = taken.applier(db)

    async def note_child(_tx: Transaction, _event: ChildAdded, envelope: Envelope) -> None:
        taken.calls.append([-envelope.sequence])

    applier._subscriptions.on(ChildAdded, note_child)
    await applier.apply(TOPIC, [created(1), created(2), ignored(3), created(4)])
    assert taken.calls == [[1, 2], [-3], [4]]


async def test_what_was_applied_before_is_left_out(db: Database) -> None:
    taken = Taken()
    records = [created(1), created(2), created(3)]
    await taken.applier(db).apply(TOPIC, records[:2])
    await taken.applier(db).apply(TOPIC, [records[0], *records[1:], records[2]])
    assert taken.calls == [[1, 2], [3]]
    assert await effects(db) == [1, 2, 3]


async def test_one_that_fails_does_not_keep_the_others_from_their_effect(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.events.applying.RETRY_PAUSE_SECONDS", 0.001)
    records = [created(1), created(2), created(3)]
    taken = Taken(refused=[UUID(records[1].key)])
    await taken.applier(db).apply(TOPIC, records)
    assert await effects(db) == [1, 3]
    assert [tuple(row) for row in await db.fetch("select record_offset, cause from dead_letters")] == [
        (2, "ArithmeticError")
    ]


async def test_each_event_continues_its_own_trace(db: Database) -> None:
    taken = Taken()
    traces = ["4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"]
    await taken.applier(db).apply(TOPIC, [created(number, trace) for number, trace in enumerate(traces)])
    assert [header.split("-")[1] for header in taken.traces] == traces
