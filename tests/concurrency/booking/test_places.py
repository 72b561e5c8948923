"""Places under concurrency: never oversold, first come first served, all or nothing - and what happens without the lock."""

import asyncio
import random
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import asyncpg
import pytest

from chassis.refusal import Refusal
from contracts.booking.models import BookingChangesMade
from services.booking.bookings.commands import BookingBatcher
from tests.concurrency.booking.conftest import OVERSOLD_SQL, Rush, codes
from tests.factories.booking import refusal_codes
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio


@pytest.mark.usefixtures("unlocked")
async def test_without_the_lock_the_last_place_is_sold_twice(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=1)
    await rush.service.alter("alter table pools drop constraint pools_never_oversold")
    outcomes = await rush.alone(*(rush.request(family, [slot_id]) for family in await rush.families(2)))
    assert codes(outcomes) == ["booked", "booked"]
    assert [row["slot_ids"] for row in await rush.service.db.fetch(OVERSOLD_SQL)] == [[slot_id]]


@pytest.mark.usefixtures("unlocked")
async def test_without_the_lock_the_database_still_refuses_to_oversell(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=1)
    with pytest.raises(asyncpg.CheckViolationError):
        await rush.alone(*(rush.request(family, [slot_id]) for family in await rush.families(2)))
    assert await rush.service.db.fetch(OVERSOLD_SQL) == []


async def test_the_last_place_goes_to_exactly_one_of_two_households(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=1)
    outcomes = await rush.alone(*(rush.request(family, [slot_id]) for family in await rush.families(2)))
    assert sorted(codes(outcomes)) == ["booked", "slot_full"]
    await rush.check(outcomes)


async def test_the_last_place_over_http_says_why_to_the_other(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=1)
    answers = await asyncio.gather(*(rush.town.book(family, slot_id) for family in await rush.families(2)))
    assert [answer.status_code for answer in answers] == [201, 409]
    assert refusal_codes(answers[1]) == [("/lines/0/slot_id", "slot_full")]


async def test_400_at_once_on_50_places_in_transactions_of_their_own(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=50)
    outcomes = await rush.alone(*(rush.request(family, [slot_id]) for family in await rush.families(400)))
    assert codes(outcomes).count("booked") == 50
    assert codes(outcomes).count("slot_full") == 350
    await rush.check(outcomes)


async def test_400_at_once_on_50_places_in_batches_go_to_the_first_50(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=50)
    batcher = rush.service.service.provide[BookingBatcher]
    requests = [rush.request(family, [slot_id]) for family in await rush.families(400)]
    outcomes = await asyncio.gather(
        *(batcher.submit(rush.service.db, request) for request in requests), return_exceptions=True
    )
    assert codes(outcomes) == ["booked"] * 50 + ["slot_full"] * 350
    await rush.check(outcomes)


async def test_random_baskets_are_never_partial_and_no_deadlock_escapes(rush: Rush) -> None:
    chance = random.Random(20_260_907)
    slot_ids = await rush.slots(20, capacity=20)
    families = await rush.families(300)
    requests = [rush.request(family, chance.sample(slot_ids, 5)) for family in families]
    outcomes = await rush.alone(*requests)
    for request, outcome in zip(requests, outcomes, strict=True):
        if isinstance(outcome, BookingChangesMade):
            wished = [(line.child_id, line.slot_id) for line in request.changes.lines]
            assert [(booking.child_id, booking.slot_id) for booking in outcome.bookings] == wished
    assert set(codes(outcomes)) == {"booked", "slot_full"}
    await rush.check(outcomes)


async def test_a_double_click_books_once_and_answers_twice_the_same(rush: Rush) -> None:
    slot_ids = await rush.slots(3, capacity=5)
    (family,) = await rush.families(1)
    outcomes = await rush.alone(*(rush.request(family, slot_ids, key="click") for _ in range(8)))
    assert all(isinstance(outcome, BookingChangesMade) for outcome in outcomes)
    assert len({outcome.basket_id for outcome in outcomes if isinstance(outcome, BookingChangesMade)}) == 1
    await rush.check(outcomes[:1])


async def test_one_key_for_two_baskets_at_once_books_one_of_them(rush: Rush) -> None:
    first, second = await rush.slots(2, capacity=5)
    (family,) = await rush.families(1)
    outcomes = await rush.alone(*(rush.request(family, [slot_id], key="click") for slot_id in (first, second)))
    booked = [outcome for outcome in outcomes if isinstance(outcome, BookingChangesMade)]
    assert len(booked) == 1
    assert [outcome.code() for outcome in outcomes if isinstance(outcome, Refusal)] == ["idempotency_key_reused"]
    await rush.check(booked)


async def test_two_co_parents_book_the_same_child_once(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    other_parent = uuid4()
    await rush.service.db.execute(
        "insert into guardianships (household_id, adult_id, child_id, days) values ($1, $2, $3, '{(,)}')",
        family.household_id,
        other_parent,
        family.child_id,
    )
    outcomes = await rush.alone(
        rush.request(family, [slot_id]), rush.request(family, [slot_id], guardian_id=other_parent)
    )
    assert sorted(codes(outcomes)) == ["already_booked", "booked"]
    await rush.check(outcomes)


async def test_giving_back_and_booking_at_once_keep_the_count(rush: Rush) -> None:
    slot_ids = await rush.slots(2, capacity=10)
    first, second = await rush.families(20), await rush.families(20)
    requests = [rush.request(family, [slot_ids[number % 2]]) for number, family in enumerate(first)]
    held = await rush.alone(*requests)
    cancelling = [
        rush.request(family, back=[booking.booking_id])
        for family, outcome in zip(first, held, strict=True)
        if isinstance(outcome, BookingChangesMade)
        for booking in outcome.bookings
    ]
    outcomes, cancelled = await asyncio.gather(
        rush.alone(*(rush.request(family, slot_ids) for family in second)), rush.alone(*cancelling)
    )
    assert len([outcome for outcome in cancelled if isinstance(outcome, BookingChangesMade)]) == 20
    assert await rush.service.db.fetch(OVERSOLD_SQL) == []
    live = await rush.service.db.fetchval("select count(*) from bookings where status = 'confirmed'")
    assert live == 2 * codes(outcomes).count("booked")


async def test_lowering_the_places_while_they_are_taken_never_goes_below(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=30)
    families = await rush.families(30)

    async def lower(capacity: int) -> int:
        body = {"days": [str(await rush.town.day(10))], "capacity": capacity}
        answer = await rush.town.client.post(
            f"/activities/{rush.activity_id}/slots", json=body, headers=rush.town.director
        )
        return answer.status_code

    outcomes, *statuses = await asyncio.gather(
        rush.alone(*(rush.request(family, [slot_id]) for family in families)), *(lower(10) for _ in range(5))
    )
    assert set(statuses) <= {200, 409}
    await rush.check(outcomes)


async def test_a_basket_whose_data_is_wrong_does_not_fail_the_others(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=5)
    good, bad, other = (rush.request(family, [slot_id]) for family in await rush.families(3))
    # PostgreSQL cannot store this key: the statement that keeps the batch's answers fails for all of them.
    bad = replace(bad, claim=replace(bad.claim, key="\x00"))
    batcher = rush.service.service.provide[BookingBatcher]
    (early,) = (rush.request(family, [slot_id]) for family in await rush.families(1))
    first = asyncio.ensure_future(batcher.submit(rush.service.db, early))
    outcomes = await asyncio.gather(
        *(batcher.submit(rush.service.db, request) for request in (good, bad, other)), return_exceptions=True
    )
    assert [isinstance(outcome, BookingChangesMade) for outcome in outcomes] == [True, False, True]
    await rush.check([await first, outcomes[0], outcomes[2]])


async def test_a_batch_is_tried_again_when_its_rows_are_locked(rush: Rush) -> None:
    (slot_id,) = await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    db = rush.service.db
    async with db.pool.acquire() as holder:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("select 1 from pools for update")
        booking = asyncio.ensure_future(rush.alone(rush.request(family, [slot_id])))
        first = await eventually(lambda: _waiting_since(rush))
        await eventually(lambda: _waits_again(rush, first), seconds=10)
        await transaction.rollback()
    outcomes = await booking
    assert codes(outcomes) == ["booked"]
    await rush.check(outcomes)


async def _waiting_since(rush: Rush) -> datetime | None:
    """When the statement began that waits for a lock now."""
    began: datetime | None = await rush.service.db.fetchval(
        "select min(query_start) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    )
    return began


async def _waits_again(rush: Rush, first: datetime) -> bool:
    """Whether the wait that began then was given up, and the lock asked for again."""
    began = await _waiting_since(rush)
    return began is not None and began > first
