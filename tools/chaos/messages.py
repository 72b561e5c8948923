"""Faults of messages: twice, again from the start, late, and poisoned."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from chassis.data.database import Transaction
from chassis.events.outbox import Emission, Leavings, shard_of, store
from contracts.booking.events import BasketConfirmed
from contracts.event import Envelope
from contracts.family.events import ChildAdded
from deploy.local.child import ROOT

from .evidence import CONSUMED, POISON, Poisoned
from .scene import Scene
from .town import Connection, eventually

GROUP_SECONDS: Final = 120.0
BIG_BYTES: Final = 5_000_000
BOOKINGS: Final = "booking.bookings"
HOUSEHOLDS: Final = "family.households"


async def deliver_twice(scene: Scene) -> str:
    """Every record of every topic is produced once more, with the same headers, while traffic goes on."""
    broker = scene.town.broker
    return f"repeated {await broker.repeat(await broker.read())} records"


async def replay_topic(scene: Scene) -> str:
    """A service reads a topic from its first record again."""
    service = scene.chance.choice([name for name in CONSUMED if CONSUMED[name]])
    topic = scene.chance.choice(CONSUMED[service])
    await _read_again(scene, service, topic)
    return f"{service} read {topic} again"


# What holds each replica, for a service and the topic that it is built from.
REPLICAS_SQL: Final = {
    ("booking", HOUSEHOLDS): "truncate households cascade",
    ("billing", HOUSEHOLDS): "truncate households cascade",
    ("notifications", HOUSEHOLDS): "truncate households cascade",
    ("billing", "family.quotients"): "truncate quotient_files cascade",
    ("notifications", "identity.accounts"): "truncate accounts",
}

FORGET_INBOX_SQL = "delete from inbox where topic = $1"


async def rebuild_replica(scene: Scene) -> str:
    """A replica is dropped and built again from its topic, while traffic goes on."""
    service, topic = scene.chance.choice(sorted(REPLICAS_SQL))
    await _read_again(scene, service, topic, REPLICAS_SQL[service, topic])
    return f"{service} built its replica of {topic} again"


async def rebuild_by_command(scene: Scene) -> str:
    """A replica loses every row while its service works, and the operators' command builds it again beside it."""
    service, topic = scene.chance.choice(sorted(REPLICAS_SQL))
    async with scene.town.database(service) as connection:
        await connection.execute(REPLICAS_SQL[service, topic])
    process = scene.town.stack.processes[scene.town.replicas(service)[0]]
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.replay", service, topic, "--rebuild", "--yes"),
        env={**os.environ, **process.env},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await command.communicate()
    # It ends with 1 when the topic holds poison, which it says and leaves alone.
    assert command.returncode in ((0, 1) if scene.poison else (0,)), output.decode()
    return f"{service} lost its replica of {topic}, and a command built it again"


async def _read_again(scene: Scene, service: str, topic: str, drop: str = "") -> None:
    town = scene.town
    names = town.replicas(service)
    town.kill(*names)
    try:
        if drop:
            async with town.database(service) as connection, connection.transaction():
                await connection.execute(drop)
                await connection.execute(FORGET_INBOX_SQL, topic)

        async def is_rewound() -> bool:
            # The group refuses until the broker has given up the members that were killed.
            await town.broker.rewind(service, topic)
            return True

        await eventually(is_rewound, GROUP_SECONDS, f"the group of {service} for {topic} is empty")
    finally:
        await town.start(*names)


ROWS_OF_SQL = "select count(*) from outbox where key = $1"

IDS_OF_SQL = "select min(id) from outbox where key = $1"


async def commit_late(scene: Scene) -> str:
    """The transaction with the older outbox id commits after a younger one was published."""
    town = scene.town
    older = str(uuid4())
    younger = next(key for key in iter(lambda: str(uuid4()), "") if shard_of(key) == shard_of(older))
    async with town.database("family") as first, town.database("family") as second:
        late = first.transaction()
        await late.start()
        await _emit(first, older, 3)
        older_id = await first.fetchval(IDS_OF_SQL, older)
        async with second.transaction():
            await _emit(second, younger, 3)
            younger_id = await second.fetchval(IDS_OF_SQL, younger)
        assert older_id < younger_id

        async def is_published() -> bool:
            return not await second.fetchval(ROWS_OF_SQL, younger)

        await eventually(is_published, GROUP_SECONDS, "the younger rows are published")
        await late.commit()
        async with first.transaction():
            await _emit(first, older, 2)
    return f"committed outbox row {older_id} after {younger_id} was published"


async def _emit(connection: Connection, key: str, count: int) -> None:
    events = [ChildAdded(household_id=UUID(key), child_id=uuid4(), added_at=datetime.now(UTC)) for _ in range(count)]
    await store(Transaction(connection, timedelta()), Leavings([Emission.of(event, {}) for event in events]))


async def poison_topics(scene: Scene) -> str:
    """Records that nobody can apply: bad JSON, an unknown type and major version, 5 MB, no headers, impossible ones."""
    basket = BasketConfirmed(
        basket_id=uuid4(), household_id=uuid4(), guardian_id=None, lines=(), confirmed_at=datetime.now(UTC)
    )
    big = b'{"booking_id": "' + b"a" * BIG_BYTES + b'"}'
    everybody = ("billing", "notifications", "witness")
    confirmed = "booking.booking_confirmed.v1"
    replicas = ("identity", "booking", "billing", "notifications")
    for kind, topic, event_type, value, services in (
        ("bad JSON", BOOKINGS, confirmed, b"{not json", ("billing", "witness")),
        ("wrong fields", BOOKINGS, confirmed, b'{"booking_id": 7}', ("billing", "witness")),
        ("5 MB", BOOKINGS, confirmed, big, ("billing", "witness")),
        ("unknown type", BOOKINGS, "booking.booking_dreamt.v1", b"{}", everybody),
        ("unknown major version", BOOKINGS, "booking.booking_confirmed.v9", b"{}", everybody),
        ("no headers", BOOKINGS, "", b"{}", everybody),
        ("a key that is no household", BOOKINGS, basket.event_type, basket.payload(), ("notifications",)),
        ("an erasure of nobody", HOUSEHOLDS, "family.household_state.v1", None, replicas),
    ):
        key = f"{POISON}{UUID(int=scene.chance.getrandbits(128))}"
        envelope = Envelope(uuid4(), event_type, "/chaos", topic, key, 1, datetime.now(UTC), value)
        headers = envelope.headers() if event_type else []
        partition, offset = await scene.town.broker.put(topic, key, value, headers)
        scene.poison.append(Poisoned(kind, topic, partition, offset, services))
    return "poisoned topics in 8 ways"
