"""A topic read again into a service that works on: a replica comes back whole, and nothing has its effect twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from chassis.events.inbox import RETENTION_DAYS
from contracts.booking.events import BookingConfirmed
from contracts.family.events import HouseholdState
from deploy.local.kafka import KafkaServer
from tests.component.tools.town import NOW, TOPIC, Town, household, new_town
from tests.support.databases import Postgres
from tests.support.polling import eventually
from tests.support.processes import running_process
from tools.operating import OperatorError
from tools.replay.__main__ import command

pytestmark = pytest.mark.anyio

PARTITIONS = 6
HOUSEHOLDS = 30
SETTLED_SECONDS = 60.0
CHILDREN_SQL = "select household_id, child_id from household_children"


class Families:
    """What a town knows of its households, published as they change; None is an erased one."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.states: dict[UUID, HouseholdState | None] = {}

    async def change(self, household_id: UUID) -> None:
        """A household has another child now."""
        state = self.states[household_id] = household(household_id)
        await self._town.publish(state, partition=household_id.int % PARTITIONS)

    async def erase(self, household_id: UUID) -> None:
        """A household is forgotten."""
        self.states[household_id] = None
        await self._town.publish(household(household_id), partition=household_id.int % PARTITIONS, payload=None)

    async def are_known(self) -> bool:
        """Whether booking knows exactly the children of today."""
        rows = await self._town.db.fetch(CHILDREN_SQL)
        expected = {(key, state.child_members[0].person_id) for key, state in self.states.items() if state}
        return {(row["household_id"], row["child_id"]) for row in rows} == expected


@pytest.fixture
async def town(
    postgres: Postgres, kafka: KafkaServer, secrets_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    async with new_town(postgres, kafka, secrets_dir) as town:
        for name, value in town.environment.items():
            monkeypatch.setenv(name, value)
        yield town


async def test_a_replica_is_rebuilt_while_traffic_goes_on(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    families, erased = Families(town), [uuid4() for _ in range(3)]
    variables = {**town.environment, "PORTAL_URL": "http://localhost", "ROLES": "consumer"}
    async with running_process("services.booking", tmp_path / "log", variables):
        for household_id in [*(uuid4() for _ in range(HOUSEHOLDS)), *erased]:
            await families.change(household_id)
        for household_id in [*list(families.states)[:10], *erased]:
            await families.change(household_id)
        for household_id in erased:
            await families.erase(household_id)
        await eventually(families.are_known, SETTLED_SECONDS)

        # Most of the replica is lost, one child is wrong, and a household is back that its topic has long forgotten.
        await town.db.execute("delete from households where household_id::text > '8'")
        await town.db.execute(
            "update household_children set child_id = gen_random_uuid() where household_id::text < '4'"
        )
        ghost = await town.db.fetchval(
            "insert into households values (gen_random_uuid(), 7, 'F-0001') returning household_id"
        )
        assert not await families.are_known()

        stop = asyncio.Event()
        traffic = asyncio.create_task(keep_changing(families, stop))
        assert await command(["booking", TOPIC, "--rebuild", "--dry-run"]) == 0
        assert not await families.are_known()
        assert await command(["booking", TOPIC, "--rebuild", "--yes"]) == 0
        stop.set()
        await traffic
        await eventually(families.are_known, SETTLED_SECONDS)
    assert not await town.db.fetchval("select true from households where household_id = $1", ghost)
    assert await town.db.fetchval("select count(*) from dead_letters") == 0
    trial, done = capsys.readouterr().out.splitlines()
    assert trial.startswith(f"would rebuild {TOPIC} in booking")
    assert done.endswith("1 erased because their topic lacks them")


async def test_a_rebuild_ahead_of_its_consumer_lasts(town: Town, tmp_path: Path) -> None:
    """The consumer has still to apply an erasure, and the state after it, when the newest state is written already."""
    families, household_id, last = Families(town), uuid4(), uuid4()
    await families.change(household_id)
    await families.erase(household_id)
    await families.change(household_id)
    assert await command(["booking", TOPIC, "--rebuild", "--yes"]) == 0
    assert await families.are_known()
    # Behind the others in their partition: what it says is known once they were applied.
    families.states[last] = state = household(last)
    await town.publish(state, partition=household_id.int % PARTITIONS)
    variables = {**town.environment, "PORTAL_URL": "http://localhost", "ROLES": "consumer"}
    async with running_process("services.booking", tmp_path / "log", variables):
        await eventually(lambda: town.has(last), SETTLED_SECONDS)
        assert await families.are_known()


async def test_a_rebuild_refuses_what_would_empty_a_replica(town: Town) -> None:
    await town.db.execute("insert into households values (gen_random_uuid(), 1, 'F-0001')")
    with pytest.raises(OperatorError, match="lacks 1 of the 1 aggregates"):
        await command(["booking", TOPIC, "--rebuild", "--yes"])
    assert await town.db.fetchval("select count(*) from households") == 1
    with pytest.raises(OperatorError, match="booking does not read booking"):
        await command(["booking", "booking.bookings", "--yes"])


async def test_facts_that_were_missed_take_effect_and_the_others_do_not_again(
    postgres: Postgres,
    kafka: KafkaServer,
    secrets_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No consumer runs: what the replay applies is all that was ever applied."""
    async with new_town(postgres, kafka, secrets_dir, "billing") as town:
        for name, value in town.environment.items():
            monkeypatch.setenv(name, value)
        long_ago = datetime.now(UTC) - timedelta(days=RETENTION_DAYS + 1)
        for partition in range(5):
            await town.publish(booking(), partition=partition)
        await town.publish(booking(), time=long_ago)
        answers = []
        for _ in range(2):
            assert await command(["billing", BookingConfirmed.topic, "--yes"]) == 0
            answers.append(await town.db.fetch("select charge_id, status from charges order by charge_id"))
        assert len(answers[0]) == 5
        assert answers[0] == answers[1]
        first, second = capsys.readouterr().out.splitlines()
        assert "6 records, 0 applied before, 5 applied now, 1 left alone" in first
        assert "6 records, 5 applied before, 0 applied now, 1 left alone" in second
        with pytest.raises(OperatorError, match="feeds no replica of billing"):
            await command(["billing", BookingConfirmed.topic, "--rebuild", "--yes"])


def booking() -> BookingConfirmed:
    """A booked day."""
    return BookingConfirmed(
        booking_id=uuid4(),
        basket_id=uuid4(),
        household_id=uuid4(),
        child_id=uuid4(),
        activity_id=uuid4(),
        unit_code="day",
        slot_id=uuid4(),
        service_on=date(2026, 9, 2),
        confirmed_at=NOW,
    )


async def keep_changing(families: Families, stop: asyncio.Event) -> None:
    """Households change, and now and then one is forgotten."""
    chance = random.Random(7)
    while not stop.is_set():
        household_id = chance.choice(list(families.states))
        if chance.random() < 0.2:
            await families.erase(household_id)
        else:
            await families.change(household_id)
        await asyncio.sleep(0.002)
