"""Days that open while an enrollment ends: there is no place of theirs yet that could be held."""

import asyncio
from typing import Any

import pytest

from services.booking.bookings.commands import Outcome
from services.booking.enrollments import commands as enrollments
from tests.concurrency.booking.conftest import Rush, codes
from tests.concurrency.booking.test_one_place import end, live_from
from tests.factories.booking import Family
from tests.support.locks import as_far_as_it_can

pytestmark = pytest.mark.anyio


async def end_while_a_day_opens(rush: Rush, family: Family, monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """An agent ends the family's enrollment; once what it had booked is read, a day beyond the end opens and is booked."""
    cancel, openings = enrollments.cancel_bookings, []

    async def open_and_book() -> list[Outcome]:
        slots = await rush.town.open(rush.activity_id, 20)
        return await rush.alone(rush.request(family, slots))

    async def cancel_bookings(*arguments: Any) -> None:
        openings.append(asyncio.ensure_future(open_and_book()))
        await as_far_as_it_can(rush.service.db, openings[0])
        await cancel(*arguments)

    monkeypatch.setattr(enrollments, "cancel_bookings", cancel_bookings)
    await end(rush, family, 15)
    return await openings[0]


async def test_without_a_hold_a_day_that_opens_meanwhile_is_booked_beyond_the_end(
    rush: Rush, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hold_nothing(*_arguments: Any) -> None:
        pass

    monkeypatch.setattr(enrollments.store, "hold_openings", hold_nothing)
    await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    assert codes(await end_while_a_day_opens(rush, family, monkeypatch)) == ["booked"]
    assert await live_from(rush, 15) == 1


async def test_a_day_that_opens_while_an_enrollment_ends_is_judged_after_it(
    rush: Rush, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rush.slots(1, capacity=5)
    (family,) = await rush.families(1)
    assert codes(await end_while_a_day_opens(rush, family, monkeypatch)) == ["outside_enrollment"]
    assert await live_from(rush, 15) == 0
