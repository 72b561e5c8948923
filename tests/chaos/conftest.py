"""A portal of two replicas of everything, on servers of its own, that the faults of this folder are injected into."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from random import Random

import pytest

from deploy.local.stack import Stack
from tools.chaos.campaign import whole_month
from tools.chaos.evidence import Evidence, gathered, settle
from tools.chaos.load import Load
from tools.chaos.scene import Scene
from tools.chaos.town import open_town, running_stack

SEED = 20_261_121
LIVED_SECONDS = 3


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, datetime]]:
    """The processes, and the town's instant when they started."""
    with running_stack(tmp_path_factory.mktemp("chaos")) as started:
        yield started


@pytest.fixture(scope="package")
async def scene(running: tuple[Stack, datetime]) -> AsyncIterator[Scene]:
    """The town with its first families."""
    async with open_town(*running) as town:
        load = Load(town, SEED)
        await load.prepare()
        yield Scene(town, load, Random(SEED))


@pytest.fixture
async def evidence(scene: Scene) -> AsyncIterator[Evidence]:
    """What the town holds once it is quiet: bookings, some of them given back, an invoiced month, payments."""
    async with scene.town.database("billing") as connection:
        is_lived_in = await connection.fetchval("select exists (select from payments where status = 'paid')")
    if not is_lived_in:
        async with scene.load.running():
            await asyncio.sleep(LIVED_SECONDS)
            await whole_month(scene.load)
    await settle(scene.town)
    async with gathered(scene.town, scene.load.journal, scene.poison) as evidence:
        yield evidence
