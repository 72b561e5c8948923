"""The controls: with the inbox, the order of the relay or the row lock off, the same checks find what is then wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from chassis.actor import Actor
from chassis.data.database import Transaction
from chassis.events.outbox import Emission, Leavings, store
from contracts.family.events import ChildAdded
from contracts.types import ActorKind, StepUp
from deploy.local.topics import ensure_topics
from tests.concurrency.booking.conftest import SEED_FAMILIES_SQL
from tools.chaos.broker import Broker
from tools.chaos.delivery import effects_once, in_order
from tools.chaos.evidence import Evidence
from tools.chaos.journal import Entry, Journal, Kind, Outcome
from tools.chaos.money import no_oversell
from tools.chaos.scene import Scene
from tools.chaos.town import Connection, Town, add_process, create_database, eventually

pytestmark = pytest.mark.anyio

EVENTS = 12
FAMILIES = 4
PREFIX = "control."
ONE_PLACE_SQL = """
with site as (insert into sites (code, label) values ('a', 'A') returning code), activity as (
    insert into activities (id, kind, label, tariff_code, age_min, age_max, starts_on, ends_on, cutoff_days_before, cutoff_at, required_documents)
    values ($1, 'leisure', 'A', 'T', 3, 17, $2, $3, 0, '23:59', '{}') returning id
), unit as (
    insert into units (activity_id, code, label, starts_at, ends_at, implies, excludes)
    select id, 'day', 'A', '08:00', '18:00', '{}', '{}' from activity
)
insert into groups (id, activity_id, site_code, code, label, is_default)
select gen_random_uuid(), id, code, 'default', 'A', true from activity, site
"""
ONE_DAY_SQL = """
with pool as (
    insert into pools (id, group_id, service_on, part, capacity)
    select $3, id, $4, 'day', 1 from groups where activity_id = $1 returning id, group_id
)
insert into slots (id, activity_id, site_code, group_id, unit_code, service_on, pool_ids, lock_ids)
select $2, $1, 'a', group_id, 'day', $4, array[id], array[id] from pool
"""
SECONDS = 60.0


@asynccontextmanager
async def beside(town: Town, module: str, address: str, *names: str, **variables: str) -> AsyncIterator[None]:
    """Processes beside the town's own, on another database, until the block ends."""
    processes = [add_process(town.stack, name, module, address, **variables) for name in names]
    try:
        for process in processes:
            await eventually(lambda process=process: town.is_ready(process), SECONDS, f"{process.name} is ready")
        yield
    finally:
        for process in processes:
            process.kill()
            del town.stack.processes[process.name]


@pytest.mark.parametrize(
    ("module", "is_guarded"), [("tools.chaos.witness", True), ("tests.chaos.without_guards", False)]
)
async def test_duplicates_and_disorder_are_found_without_inbox_and_order(
    scene: Scene, module: str, is_guarded: bool
) -> None:
    town, name = scene.town, f"control{'' if is_guarded else '_off'}"
    address = await create_database(town.stack.admin_dsn, name)
    town.addresses = {**town.addresses, name: address}
    broker = Broker(town.stack.bootstrap, f"{PREFIX}{name}.")
    await ensure_topics(town.stack.bootstrap, f"{PREFIX}{name}.")
    topic, count_sql = ChildAdded.topic, "select count(*) from effects"
    async with (
        beside(town, module, address, name, ROLES="consumer", TOPIC_PREFIX=f"{PREFIX}{name}."),
        town.database(name) as connection,
    ):
        await emit(connection, EVENTS)
        process = town.stack.processes[name]
        process.kill()
        town.give_roles(name, "consumer,relay")
        await town.start(name)
        await eventually(lambda: has(connection, count_sql, EVENTS), SECONDS, "every event had an effect")
        await broker.repeat(await broker.read(topic))
        await eventually(lambda: is_read(broker, topic), SECONDS, "the repeated events were read")
        records = [record for record in await broker.read(topic) if record.topic == topic]
        evidence = Evidence(Journal(), {"witness": connection}, records, (), (), {})
        faults = [*await effects_once(evidence), *await in_order(evidence)]
    found_words = {word for word in ("2 effects", "published", "applied") if any(word in fault for fault in faults)}
    assert found_words == (set() if is_guarded else {"2 effects", "published", "applied"}), faults
    assert not (is_guarded and faults)


async def test_an_oversold_day_is_found_without_the_row_lock(scene: Scene) -> None:
    town, names = scene.town, ("unlocked", "unlocked-2")
    address = await create_database(town.stack.admin_dsn, names[0])
    town.addresses = {**town.addresses, names[0]: address}
    async with (
        beside(town, "tests.chaos.without_lock", address, *names, ROLES="api"),
        town.database(names[0]) as connection,
    ):
        await connection.execute("alter table pools drop constraint pools_never_oversold")
        today = scene.load.today
        activity_id, slot_id, pool_id = uuid4(), uuid4(), uuid4()
        await connection.execute(ONE_PLACE_SQL, activity_id, today, today + timedelta(days=60))
        await connection.execute(ONE_DAY_SQL, activity_id, slot_id, pool_id, today + timedelta(days=30))
        birth_on, until = today - timedelta(days=7 * 366), today + timedelta(days=60)
        families = await connection.fetch(SEED_FAMILIES_SQL, FAMILIES, activity_id, birth_on, today, until)
        entries = await asyncio.gather(*(book(scene, names[0], row, slot_id) for row in families))
        faults = await no_oversell(Evidence(Journal(), {"booking": connection}, (), (), (), {}))
    assert sum(entry.outcome is Outcome.ACCEPTED for entry in entries) > 1
    assert [fault.split()[1].rstrip(":") for fault in faults] == [str(pool_id)]


async def book(scene: Scene, service: str, row: "dict[str, UUID]", slot_id: UUID) -> Entry:
    """A family asks for the one place; the journal of the town is not told."""
    caller = scene.load.caller
    guardian_id, opened = row["guardian_id"], frozenset(StepUp)
    guardian = Actor(guardian_id, ActorKind.PARENT, guardian_id=guardian_id, opened=opened)
    body = {"lines": [{"child_id": str(row["child_id"]), "slot_id": str(slot_id)}]}
    entry = Entry(Kind.BASKET, service, str(uuid4()), body)
    await caller.insist(entry, "POST", "/bookings", guardian)
    return entry


async def emit(connection: Connection, count: int) -> None:
    """Commit events of one household."""
    household_id = uuid4()
    async with connection.transaction():
        tx = Transaction(connection, timedelta())
        now = await tx.now()
        events = [ChildAdded(household_id=household_id, child_id=uuid4(), added_at=now) for _ in range(count)]
        await store(tx, Leavings([Emission.of(event, {}) for event in events]))


async def has(connection: Connection, sql: str, count: int) -> bool:
    """Whether a query counts that far."""
    return bool(await connection.fetchval(sql) >= count)


async def is_read(broker: Broker, topic: str) -> bool:
    """Whether the control's consumer committed the whole topic."""
    return not await broker.lag({"witness": [topic]})
