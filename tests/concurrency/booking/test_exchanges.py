"""Giving back and booking at once, in one act and crosswise: no place is freed twice, lost, or waited for in a circle."""

import asyncio
import itertools
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from chassis.data.database import Transaction
from contracts.booking.models import BookingChangesMade
from services.booking.bookings import commands, store
from services.booking.bookings.commands import Outcome
from services.booking.places.domain import Places
from services.booking.places.store import BookingKey
from tests.concurrency.booking.conftest import OVERSOLD_SQL, Rush, codes
from tests.factories.booking import Family

pytestmark = pytest.mark.anyio


async def held(rush: Rush, family: Family, *slot_ids: UUID) -> tuple[Outcome, list[UUID]]:
    """Bookings of a family, and the outcome that made them."""
    (outcome,) = await rush.alone(rush.request(family, slot_ids))
    assert isinstance(outcome, BookingChangesMade)
    return outcome, [booking.booking_id for booking in outcome.bookings]


@pytest.mark.usefixtures("unlocked")
async def test_without_the_lock_one_day_gives_two_places_back(rush: Rush, monkeypatch: pytest.MonkeyPatch) -> None:
    (slot_id,) = await rush.slots(1, capacity=5)
    family, *others = await rush.families(3)
    await rush.alone(*(rush.request(other, [slot_id]) for other in others))
    _, booked = await held(rush, family, slot_id)
    load, both_have_read = store.load_bookings, asyncio.Barrier(2)

    async def read_together(*arguments: Any) -> Any:
        bookings = await load(*arguments)
        await both_have_read.wait()
        return bookings

    monkeypatch.setattr(store, "load_bookings", read_together)
    await rush.alone(*(rush.request(family, back=booked) for _ in range(2)))
    assert [row["slot_ids"] for row in await rush.service.db.fetch(OVERSOLD_SQL)] == [[slot_id]]
    assert await rush.announced("booking_cancelled") == booked * 2


async def test_two_tabs_that_give_the_same_day_back_free_one_place(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    first, booked = await held(rush, family, slot_id)
    outcomes = await rush.alone(*(rush.request(family, back=booked) for _ in range(8)))
    assert codes(outcomes) == ["booked"] * 8
    cancelled = [outcome.cancelled for outcome in outcomes if isinstance(outcome, BookingChangesMade)]
    assert cancelled == [cancelled[0]] * 8
    await rush.check([first, *outcomes])


async def test_a_double_click_exchanges_once_and_answers_twice_the_same(rush: Rush) -> None:
    given, wished = await rush.slots(2, capacity=1)
    (family,) = await rush.families(1)
    first, booked = await held(rush, family, given)
    outcomes = await rush.alone(*(rush.request(family, [wished], booked, key="click") for _ in range(8)))
    assert outcomes == [outcomes[0]] * 8
    await rush.check([first, outcomes[0]])


async def cross(rush: Rush, capacity: int) -> list[str]:
    """What becomes of two families, each of which gives back the day that the other one wishes, at once."""
    days = await rush.slots(2, capacity)
    families = await rush.families(2)
    begun = [await held(rush, family, day) for family, day in zip(families, days, strict=True)]
    tabs = zip(families, reversed(days), begun, strict=True)
    outcomes = await rush.alone(*(rush.request(family, [wished], booked) for family, wished, (_, booked) in tabs))
    await rush.check([*(outcome for outcome, _ in begun), *outcomes])
    return codes(outcomes)


class Locking:
    """How slots are locked, and how often it was tried."""

    def __init__(self) -> None:
        self.attempts = 0
        self._lock_places = commands.lock_places
        self._turns = itertools.cycle([False, True])
        self._both_hold_one = asyncio.Barrier(2)

    async def as_ever(
        self, tx: Transaction, child_ids: Sequence[UUID], slot_ids: Sequence[UUID], bookings: Sequence[BookingKey]
    ) -> dict[UUID, Places]:
        """In the order of their ids."""
        self.attempts += 1
        return await self._lock_places(tx, child_ids, slot_ids, bookings)

    async def crosswise(
        self, tx: Transaction, child_ids: Sequence[UUID], slot_ids: Sequence[UUID], bookings: Sequence[BookingKey]
    ) -> dict[UUID, Places]:
        """One by one, each transaction beginning with what the other one ends with."""
        if not bookings:
            return await self._lock_places(tx, child_ids, slot_ids)
        self.attempts += 1
        attempt, places = self.attempts, dict[UUID, Places]()
        rows = await tx.fetch("select slot_id from bookings where id = any($1::uuid[])", [key for _, key in bookings])
        for slot_id in sorted([*slot_ids, *(row["slot_id"] for row in rows)], reverse=next(self._turns)):
            places |= await self._lock_places(tx, child_ids, [slot_id])
            if attempt <= 2 and len(places) == 1:
                await self._both_hold_one.wait()
        return places


async def test_without_one_order_crossing_tabs_block_each_other(rush: Rush, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends one of them, which is run again."""
    locking = Locking()
    monkeypatch.setattr(commands, "lock_places", locking.crosswise)
    assert await cross(rush, capacity=2) == ["booked", "booked"]
    assert locking.attempts == 3


async def test_crossing_tabs_wait_for_one_another_in_one_order(rush: Rush, monkeypatch: pytest.MonkeyPatch) -> None:
    locking = Locking()
    monkeypatch.setattr(commands, "lock_places", locking.as_ever)
    assert await cross(rush, capacity=2) == ["booked", "booked"]
    assert locking.attempts == 4  # each family booked first what it gives back


async def test_crossing_tabs_on_full_days_leave_everything_as_it_was(rush: Rush) -> None:
    assert await cross(rush, capacity=1) == ["slot_full", "slot_full"]


async def test_many_exchanges_at_once_lose_and_double_no_place(rush: Rush) -> None:
    chance = random.Random(20_261_128)
    days = await rush.slots(6, capacity=12)
    families = await rush.families(30)
    holds = {family: await held(rush, family, *chance.sample(days, 2)) for family in families[:24]}
    requests = [
        *(
            rush.request(family, [chance.choice(days)], [chance.choice(booked)])
            for family, (_, booked) in holds.items()
        ),
        *(rush.request(family, back=booked) for family, (_, booked) in list(holds.items())[:6]),
        *(rush.request(family, chance.sample(days, 3)) for family in families[24:]),
    ]
    outcomes = await rush.alone(*requests)
    assert {"booked", "slot_full"} <= set(codes(outcomes))
    await rush.check([*(outcome for outcome, _ in holds.values()), *outcomes])
