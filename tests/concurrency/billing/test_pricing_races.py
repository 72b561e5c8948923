"""A quotient and a booking that arrive at the same time: whichever commits last, the day has the price of that quotient."""

import asyncio
from uuid import uuid4

import pytest

from services.billing.charges import consumers, store
from tests.component.billing.families import Booked, Family, activity, publish_tariff
from tests.support.polling import eventually
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

WAITING_SQL = "select count(*) from pg_locks where locktype = 'advisory' and not granted"


async def book_while_a_quotient_arrives(service: RunningService) -> int:
    """The price of a day whose booking saw the former quotient and commits after the new one was stored."""
    family, centre = Family(), uuid4()
    day = Booked(family, centre)
    await publish_tariff(service)
    await service.deliver(activity(centre), family.state())
    async with service.db.transaction() as booking:
        await consumers.days_changed(booking, [(day.confirmed(), service.envelope(day.confirmed()))])
        await service.deliver(family.quotient(10_000))
        job = asyncio.create_task(service.run_job("price_charges"))

        async def has_gone_as_far_as_it_can() -> bool:
            return job.done() or bool(await service.db.fetchval(WAITING_SQL))

        await eventually(has_gone_as_far_as_it_can)
    await job
    price: int = await service.db.fetchval("select unit_cents from charges where booking_id = $1", day.booking_id)
    return price


async def test_the_day_has_the_price_of_the_quotient_that_came_meanwhile(service: RunningService) -> None:
    assert await book_while_a_quotient_arrives(service) == 450


async def test_without_the_lock_the_former_price_would_stay(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "HOLD_PRICING_SQL", "select $1::uuid")
    assert await book_while_a_quotient_arrives(service) == 1480
