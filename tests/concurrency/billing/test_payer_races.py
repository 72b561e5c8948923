"""A payer, a residence or shares and a booking that arrive at the same time: whichever commits last, the day is paid by whom it should."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from contracts.billing.payers import payer_id_of
from contracts.types import ResidencePattern
from services.billing.charges import consumers
from services.billing.payers import store as payers
from services.billing.repricing import store
from tests.component.billing.homes import TwoHomes, lives_at, paid_by, residence
from tests.factories.households import LONG_AGO
from tests.support.locks import as_far_as_it_can
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NEW = uuid4()

Change = Callable[[TwoHomes], Awaitable[UUID]]


async def payer_of_other_home(homes: TwoHomes) -> UUID:
    """Somebody else pays at B, where the child is on the day that A booked."""
    await homes.service.deliver(paid_by(homes.b, (NEW, LONG_AGO, None)))
    return payer_id_of(homes.b.household_id, NEW)


async def home(homes: TwoHomes) -> UUID:
    """The child lives at A alone."""
    await homes.service.deliver(lives_at(homes.a.child_id, residence(ResidencePattern.SINGLE, homes.a.household_id)))
    return homes.a.payer_id


async def shares(homes: TwoHomes) -> UUID:
    """A pays all days."""
    body = {
        "shares": [{"payer_id": str(homes.a.payer_id), "share_basis_points": 10_000}],
        "starts_on": "2026-09-01",
    }
    answer = await homes.service.client.put(
        f"/children/{homes.a.child_id}/payer-shares", json=body, headers=homes.service.as_agent(Role.FINANCE)
    )
    assert answer.status_code == 200, answer.text
    return homes.a.payer_id


async def payers_while(service: RunningService, change: Change) -> tuple[list[UUID], UUID]:
    """Who pays for a day whose booking saw what was known before a change, and commits as late as it can; and who should."""
    homes = await TwoHomes(service).settle()
    (day,) = homes.days((14,))

    async def changed() -> UUID:
        payer_id = await change(homes)
        await service.run_job("price_charges")
        return payer_id

    async with service.db.transaction() as booking:
        await consumers.days_changed(booking, [(day.confirmed(), service.envelope(day.confirmed()))])
        changing = asyncio.create_task(changed())
        await as_far_as_it_can(service.db, changing)
    payer_id = await changing
    rows = await service.db.fetch("select payer_id from charges where booking_id = $1", day.booking_id)
    return [row["payer_id"] for row in rows], payer_id


@pytest.mark.parametrize("change", [payer_of_other_home, home, shares])
async def test_the_day_is_paid_by_what_came_meanwhile(service: RunningService, change: Change) -> None:
    actual, expected = await payers_while(service, change)
    assert actual == [expected]


@pytest.mark.parametrize("change", [payer_of_other_home, home, shares])
async def test_without_the_lock_of_the_job_the_former_payer_would_stay(
    service: RunningService, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "HOLD_DECIDING_SQL", "select $1::uuid")
    actual, expected = await payers_while(service, change)
    assert actual != [expected]


async def test_without_the_lock_of_those_who_decide_the_former_payer_would_stay(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also that of a home that booked nothing."""
    monkeypatch.setattr(payers, "HOLD_SUBJECTS_SQL", "select cardinality($1::uuid[])")
    actual, expected = await payers_while(service, payer_of_other_home)
    assert actual != [expected]
