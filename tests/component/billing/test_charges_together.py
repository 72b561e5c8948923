"""Events of many bookings that arrive in one batch come to what they come to one by one."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from chassis.events.applying import Applier, ReceivedRecord
from contracts.booking.events import BookingConfirmed
from contracts.event import Event
from contracts.types import Attendance
from tests.component.billing.families import Booked, Family, activity, publish_tariff
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


def lives(day: Booked) -> list[Sequence[Event]]:
    """What may happen to a booking, in an order in which it may be read."""
    return [
        (day.confirmed(),),
        (day.confirmed(), day.cancelled()),
        (day.cancelled(is_chargeable=True), day.confirmed()),
        (day.confirmed(), day.attended(Attendance.PRESENT)),
        (day.attended(Attendance.ABSENT_EXCUSED), day.confirmed(), day.cancelled()),
    ]


async def charges(service: RunningService, days: Sequence[Booked]) -> list[list[tuple[object, ...]]]:
    """Every line of each booking, without its ids."""
    sql = """select c.correction, c.status, c.quantity, c.unit_cents, c.bracket_label, d.cancelled_at, d.attendance
             from charges c join service_days d using (source_id) where c.booking_id = $1 order by c.correction"""
    return [[tuple(row) for row in await service.db.fetch(sql, day.booking_id)] for day in days]


async def test_a_batch_comes_to_what_its_events_come_to_alone(service: RunningService) -> None:
    centre, families = uuid4(), [Family() for _ in range(3)]
    await publish_tariff(service)
    await service.deliver(activity(centre), *(family.quotient(75_000) for family in families))
    count = len(lives(Booked(families[0], centre)))
    days = [[Booked(families[number % 3], centre) for number in range(count)] for _ in range(2)]
    for number, day in enumerate(days[0]):
        await service.deliver(*lives(day)[number])
    # The first event of each life, then the second of each, and so on: a booking's events are not neighbors.
    rows = itertools.zip_longest(*(lives(day)[number] for number, day in enumerate(days[1])))
    envelopes = [service.envelope(event) for row in rows for event in row if event is not None]
    received = [ReceivedRecord(0, offset, envelope.key, envelope) for offset, envelope in enumerate(envelopes)]
    await Applier(service.db, service.service.subscriptions).apply(BookingConfirmed.topic, [*received, *received])
    alone, together = await charges(service, days[0]), await charges(service, days[1])
    assert together == alone
    assert {line[0][1] for line in together} == {"planned", "void", "due"}
    # A batch that fails is taken apart, and comes to the same: this one did not.
    ids = [envelope.event_id for envelope in envelopes]
    assert await service.db.fetchval("select count(distinct xmin::text) from inbox where event_id = any($1)", ids) == 1
    assert not await service.db.fetch("select * from dead_letters")


async def test_each_charge_is_published_in_the_trace_of_its_own_booking(service: RunningService) -> None:
    centre, family = uuid4(), Family()
    await publish_tariff(service)
    await service.deliver(activity(centre), family.quotient(75_000))
    traces: dict[UUID, str] = {}
    received = []
    for number in range(3):
        day = Booked(family, centre)
        traces[day.booking_id] = uuid4().hex
        header = {"traceparent": f"00-{traces[day.booking_id]}-00f067aa0ba902b7-01"}
        envelope = replace(service.envelope(day.confirmed()), trace=header)
        received.append(ReceivedRecord(0, number, envelope.key, envelope))
    await Applier(service.db, service.service.subscriptions).apply(BookingConfirmed.topic, received)
    rows = await service.db.fetch(
        """select (convert_from(payload, 'UTF8')::jsonb ->> 'booking_id')::uuid as booking_id,
                  split_part(trace ->> 'traceparent', '-', 2) as trace from outbox"""
    )
    assert {row["booking_id"]: row["trace"] for row in rows} == traces
