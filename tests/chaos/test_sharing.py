"""Two of everything: relays share the keys, consumers the partitions, a job runs in one place; a fellow takes over."""

import pytest

from chassis.events.outbox import SHARD_COUNT
from chassis.events.relay import SHARD_NAMESPACE
from tools.chaos.broker import PARTITIONS
from tools.chaos.scene import Scene
from tools.chaos.town import eventually

pytestmark = pytest.mark.anyio

SHARE_SECONDS = 60.0
TOPIC = "booking.bookings"
SHARES = """
select count(*) from pg_locks join pg_database on pg_database.oid = database and datname = current_database()
where locktype = 'advisory' and classid = $1 and granted group by pid
"""
OVERLAPPING = """
select count(*) from (select began_at, lag(coalesce(ended_at, began_at)) over (order by began_at) as before from ticks) t
where began_at < before
"""
HURRIED = """
select count(*) from (
    select started_at - lag(started_at) over (order by started_at) as pause from (select distinct started_at from ticks) runs
) pauses
where pause < interval '0.9 s'
"""


async def shards(scene: Scene) -> list[int]:
    """How many shards each relay of booking owns."""
    async with scene.town.database("booking") as connection:
        return sorted(row[0] for row in await connection.fetch(SHARES, SHARD_NAMESPACE))


async def partitions(scene: Scene, *names: str) -> list[int]:
    """How many partitions of the topic of bookings each process has."""
    counts = []
    for name in names:
        report = (await scene.town.client.get(f"{scene.town.stack.url(name)}/health/consumers")).json()
        counts.append(report[TOPIC]["assigned"])
    return counts


async def test_relays_share_the_keys(scene: Scene) -> None:
    half = SHARD_COUNT // 2

    async def are(*expected: int) -> None:
        async def have_moved() -> bool:
            return await shards(scene) == list(expected)

        await eventually(have_moved, SHARE_SECONDS, f"relays own {expected}")

    await are(half, half)
    scene.town.kill("booking-2")
    await are(SHARD_COUNT)
    await scene.town.start("booking-2")
    await are(half, half)


async def test_consumers_share_the_partitions(scene: Scene) -> None:
    whole = PARTITIONS[TOPIC]

    async def have(expected: list[int], *names: str) -> None:
        async def have_moved() -> bool:
            return await partitions(scene, *names) == expected

        await eventually(have_moved, SHARE_SECONDS, f"{names} have {expected}")

    await have([whole // 2, whole // 2], "billing", "billing-2")
    scene.town.kill("billing")
    await have([whole], "billing-2")
    await scene.town.start("billing")
    await have([whole // 2, whole // 2], "billing", "billing-2")


async def test_a_job_ran_in_one_place_at_a_time(scene: Scene) -> None:
    async with scene.town.database("witness") as connection:
        assert await connection.fetchval("select count(*) from ticks") > 5
        assert await connection.fetchval(OVERLAPPING) == 0
        assert await connection.fetchval(HURRIED) == 0
