"""Faults at an exact instant, without a switch in the product: a lock that the fault holds stops it just there."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from .scene import Scene
from .town import MissedInstant, NotInTime, Town, eventually

INSTANT_SECONDS: Final = 120.0
# With the broker dead, only what a consumer holds already can have its effect: it comes soon, or never.
HELD_SECONDS: Final = 30.0
TAKEOVER_SECONDS: Final = 120.0

OUTBOX_COUNT_SQL = "select count(*) from outbox"

HOLD_OUTBOX_SQL = "select id from outbox for update"

# Whoever waits for a lock: the port of its connection says which process it is.
BLOCKED_SQL = """
select client_port from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and query ilike '%' || $1 || '%' and client_port > 0
"""


async def kill_relay_before_publish(scene: Scene) -> str:
    """SIGKILL of both relays after a commit that no broker has heard of yet."""
    town = scene.town
    names = town.replicas("booking")
    town.kill("kafka")
    try:
        await scene.load.book_surely()
        async with town.database("booking") as connection:
            waiting = await connection.fetchval(OUTBOX_COUNT_SQL)
        if not waiting:
            raise MissedInstant("no event of the booking waits, although the broker is dead")
        town.kill(*names)
    finally:
        await town.start("kafka")
    await town.start(*names)
    return f"killed {' and '.join(names)} with {waiting} events that were not published"


async def kill_relay_before_removal(scene: Scene) -> str:
    """SIGKILL of a relay after the broker acknowledged its events and before their rows were removed."""
    town = scene.town
    town.send("kafka", signal.SIGSTOP)
    try:
        await scene.load.book_surely()
        async with held(town, "booking", HOLD_OUTBOX_SQL) as count:
            if not count:
                raise MissedInstant("no event of the booking waits, although the broker is frozen")
            town.send("kafka", signal.SIGCONT)
            name = await blocked_process(town, "booking", "delete from outbox")
            town.kill(name)
    finally:
        town.send("kafka", signal.SIGCONT)
    await town.start(name)
    return f"killed {name} with {count} events that were published and not removed"


async def kill_consumer_before_commit(scene: Scene) -> str:
    """SIGKILL of a consumer after its effect was committed and before its offset was."""
    town = scene.town
    service, table, count_sql = scene.chance.choice(EFFECTS)
    async with town.database(service) as connection:
        before = await connection.fetchval(count_sql)
        async with held(town, service, "lock table inbox in share row exclusive mode"):
            await scene.load.book_surely()
            name = await blocked_process(town, service, "into inbox")
            town.kill("kafka")
        try:

            async def has_effect() -> bool:
                return bool(await connection.fetchval(count_sql) > before)

            await reached(has_effect, HELD_SECONDS, f"an effect in {table} of {service}")
            town.kill(name)
        finally:
            await town.start("kafka")
        behind: dict[str, int] = {}

        async def is_behind() -> bool:
            behind.update(await town.broker.lag({service: ["booking.bookings"]}))
            return bool(behind)

        try:
            await reached(is_behind, HELD_SECONDS, "the offset of a record that had its effect is not committed")
        finally:
            await town.start(name)
    return f"killed {name} after its effect in {table}, {sum(behind.values())} records before its offset"


EFFECTS: Final = (
    ("billing", "charges", "select count(*) from charges"),
    ("notifications", "notices", "select count(*) from notices"),
    ("witness", "effects", "select count(*) from effects"),
)


async def kill_job_holder(scene: Scene) -> str:
    """SIGKILL of the replica that runs a job and holds its lock; its fellow takes the job over."""
    town = scene.town
    async with town.database("witness") as connection:
        async with held(town, "witness", "lock table ticks in share mode"):
            name = await blocked_process(town, "witness", "into ticks")
            town.kill(name)
        last = await connection.fetchval(LAST_TICK_SQL)

        async def goes_on() -> bool:
            return bool(await connection.fetchval(LAST_TICK_SQL) > last + 1)

        seconds = await eventually(goes_on, TAKEOVER_SECONDS, "the other replica runs the job")
    await town.start(name)
    return f"killed {name} in its job, which its fellow ran {seconds:.1f} s later"


LAST_TICK_SQL = "select coalesce(max(id), 0) from ticks where ended_at is not null"


async def blocked_process(town: Town, service: str, words: str) -> str:
    """The replica that waits for a lock with a statement that holds `words`, once one does."""
    replicas: list[str] = []

    async with town.database(service) as connection:

        async def is_blocked() -> bool:
            for row in await connection.fetch(BLOCKED_SQL, words):
                try:
                    replicas.append(town.replica_holding(service, row["client_port"]))
                except LookupError:
                    continue
            return bool(replicas)

        await reached(is_blocked, INSTANT_SECONDS, f"a process of {service} waits in {words!r}")
    return replicas[0]


async def reached(check: Callable[[], Awaitable[object]], seconds: float, what: str) -> None:
    """Wait for the instant of a fault.

    Raises:
        MissedInstant: it did not come.
    """
    try:
        await eventually(check, seconds, what)
    except NotInTime as error:
        raise MissedInstant(str(error)) from error


@asynccontextmanager
async def held(town: Town, service: str, statement: str) -> AsyncIterator[int]:
    """Hold what a statement locks until the block ends; how many rows there are."""
    async with town.database(service) as connection, connection.transaction():
        yield len(await connection.fetch(statement))
