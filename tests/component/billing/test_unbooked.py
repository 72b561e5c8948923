"""Children who came unbooked, and words that this release does not know: what is owed, once, and what is not."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.billing.events import ChargeRecorded
from contracts.types import Attendance, ChargeStatus
from tests.component.billing.families import (
    MOMENT,
    Booked,
    Family,
    activity,
    invoice_month,
    only_invoice,
    publish_tariff,
)
from tests.component.billing.test_charges import lines_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def day(service: RunningService) -> Booked:
    """A day that is not booked, in an activity with a tariff, of a family with a quotient."""
    day = Booked(Family(), uuid4())
    await publish_tariff(service)
    await service.deliver(activity(day.activity_id), day.family.state(), day.family.quotient(75_000))
    return day


async def test_a_child_who_came_unbooked_is_billed_once(service: RunningService, day: Booked) -> None:
    """What is owed is the attendance, for there is no booking."""
    await service.deliver(day.unbooked(), day.unbooked())
    (event,) = await service.outbox()
    assert isinstance(event, ChargeRecorded)
    assert (event.booking_id, event.attendance_id) == (None, day.attendance_id)
    assert (event.status, event.amount_cents) == (ChargeStatus.DUE, 920)
    await invoice_month(service)
    assert (await only_invoice(service, day.family))["total_cents"] == 920
    assert await service.db.fetchval("select count(*) from charges") == 1


async def test_an_unbooked_day_is_corrected_like_any_other(service: RunningService, day: Booked) -> None:
    """The child was another one; the invoice is issued already."""
    await service.deliver(day.unbooked())
    await invoice_month(service)
    await service.deliver(day.unbooked(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    sql = "select correction, quantity, status, attendance_id from charges order by correction"
    assert [tuple(row) for row in await service.db.fetch(sql)] == [
        (0, 1, "invoiced", day.attendance_id),
        (1, -1, "due", day.attendance_id),
    ]


async def test_a_cancelled_day_and_an_unbooked_child_are_two_things(service: RunningService, day: Booked) -> None:
    """The place was given back in time, and the child came all the same: it is owed once."""
    await service.deliver(day.confirmed(), day.cancelled(), day.unbooked())
    rows = await service.db.fetch("select booking_id is null as is_unbooked, status from charges order by 1")
    assert [tuple(row) for row in rows] == [(False, "void"), (True, "due")]


@pytest.mark.parametrize("is_invoiced_before", [False, True])
async def test_a_child_unbooked_then_booked_is_invoiced_once(
    service: RunningService, day: Booked, is_invoiced_before: bool
) -> None:
    """What booking publishes of such a day, whatever the month was at."""
    await service.deliver(day.unbooked())
    if is_invoiced_before:
        await invoice_month(service)
    later = MOMENT + timedelta(hours=2)
    booked = replace(day, attendance_id=uuid4())
    await service.deliver(day.confirmed(), day.taken_back(later), booked.attended(Attendance.PRESENT, later))
    owed = "select sum(quantity * unit_cents) from charges where status <> 'void'"
    assert await service.db.fetchval(owed) == 920
    if not is_invoiced_before:
        await invoice_month(service)
        assert (await only_invoice(service, day.family))["total_cents"] == 920


async def test_a_mark_that_this_release_does_not_know_decides_nothing(service: RunningService, day: Booked) -> None:
    """It is no price: the day stays planned, and is kept with the word that came."""
    await service.deliver(day.confirmed(), day.attended("half_a_day"))
    assert await lines_of(service, day) == [("planned", 920)]
    assert await service.db.fetchval("select attendance from service_days") == "half_a_day"
    assert (await invoice_month(service))["total_cents"] == 0
    await service.deliver(day.attended(Attendance.PRESENT, MOMENT + timedelta(hours=1)))
    assert await lines_of(service, day) == [("due", 920)]


async def test_an_activity_of_an_unknown_kind_does_no_harm(service: RunningService) -> None:
    await publish_tariff(service)
    day = Booked(Family(), uuid4())
    await service.deliver(activity(day.activity_id, kind="astronautics"), day.family.state(), day.confirmed())
    assert await lines_of(service, day) == [("planned", 1480)]
