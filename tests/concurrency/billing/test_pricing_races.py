"""A quotient or a grid and a booking that arrive at the same time: whichever commits last, the day has its price by what is known."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from services.billing.charges import consumers
from services.billing.repricing import store
from services.billing.tariffs import store as tariffs
from tests.component.billing.families import LEISURE_GRID, Booked, Family, activity, publish_tariff
from tests.support.locks import as_far_as_it_can
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

Change = Callable[[RunningService, Family], Awaitable[None]]


async def quotient(service: RunningService, family: Family) -> None:
    """The household's quotient becomes known, and the job applies it."""
    await service.deliver(family.quotient(10_000))
    await service.run_job("price_charges")


async def grid(service: RunningService, _family: Family) -> None:
    """A corrected grid is published, and the job applies it."""
    brackets = [bracket | {"price_cents": 450} for bracket in LEISURE_GRID["brackets"]]
    await publish_tariff(service, brackets=brackets)
    await service.run_job("price_charges")


async def book_while(service: RunningService, change: Change) -> int:
    """The price of a day whose booking saw what was known before a change, and commits as late as it can."""
    family, centre = Family(), uuid4()
    day = Booked(family, centre)
    await publish_tariff(service)
    await service.deliver(activity(centre), family.state())
    await service.run_job("price_charges")
    async with service.db.transaction() as booking:
        await consumers.days_changed(booking, [(day.confirmed(), service.envelope(day.confirmed()))])
        changing = asyncio.create_task(change(service, family))
        await as_far_as_it_can(service.db, changing)
    await changing
    price: int = await service.db.fetchval("select unit_cents from charges where booking_id = $1", day.booking_id)
    return price


@pytest.mark.parametrize("change", [quotient, grid])
async def test_the_day_has_the_price_of_what_came_meanwhile(service: RunningService, change: Change) -> None:
    """A day must not keep a former price because two topics, or a route and a topic, raced."""
    assert await book_while(service, change) == 450


async def test_without_the_lock_the_price_of_the_former_quotient_would_stay(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "HOLD_DECIDING_SQL", "select $1::uuid")
    assert await book_while(service, quotient) == 1480


async def test_without_the_lock_the_price_of_the_former_grid_would_stay(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tariffs, "HOLD_TARIFFS_SQL", "select true")
    assert await book_while(service, grid) == 1480
