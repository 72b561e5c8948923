"""Events become charges: in any order, however often, priced when the price is known, corrected once invoiced."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.billing.events import ChargeRecorded
from contracts.event import Event
from contracts.types import Attendance, ChargeStatus
from tests.component.billing.families import (
    LEISURE_GRID,
    MOMENT,
    WEDNESDAY,
    Booked,
    Family,
    activity,
    invoice_month,
    only_invoice,
    publish_tariff,
)
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def lines_of(service: RunningService, day: Booked) -> list[tuple[str, int | None]]:
    """Status and amount of every line of a booking."""
    rows = await service.db.fetch(
        "select status, quantity * unit_cents as amount from charges where booking_id = $1 order by correction",
        day.booking_id,
    )
    return [(row["status"], row["amount"]) for row in rows]


async def recorded(service: RunningService) -> list[tuple[ChargeStatus, int | None]]:
    """What was published."""
    return [(e.status, e.amount_cents) for e in await service.outbox() if isinstance(e, ChargeRecorded)]


@pytest.fixture
async def day(service: RunningService) -> Booked:
    """A day that is not booked yet, in an activity with a tariff, of a family with a quotient."""
    day = Booked(Family(), uuid4())
    await publish_tariff(service)
    await service.deliver(activity(day.activity_id), day.family.state(), day.family.quotient(75_000))
    return day


async def test_a_booking_is_planned_with_all_that_explains_its_price(service: RunningService, day: Booked) -> None:
    await service.deliver(day.confirmed())
    (row,) = await service.db.fetch("select * from charges")
    assert (row["status"], row["unit_cents"], row["tariff_code"], row["grid_version"]) == ("planned", 920, "leisure", 1)
    assert (row["bracket_label"], row["quotient_cents"]) == ("Tranche 2", 75_000)
    (event,) = await service.outbox()
    assert isinstance(event, ChargeRecorded)
    assert (event.status, event.amount_cents, event.booking_id) == (ChargeStatus.PLANNED, 920, day.booking_id)


async def test_attendance_decides(service: RunningService, day: Booked) -> None:
    for mark in Attendance:
        marked = Booked(day.family, day.activity_id)
        await service.deliver(marked.confirmed(), marked.attended(mark))
        expected = "void" if mark is Attendance.ABSENT_EXCUSED else "due"
        assert await lines_of(service, marked) == [(expected, 920)], mark


async def test_a_cancellation_in_time_costs_nothing(service: RunningService, day: Booked) -> None:
    await service.deliver(day.confirmed(), day.cancelled())
    assert await recorded(service) == [(ChargeStatus.PLANNED, 920), (ChargeStatus.VOID, 0)]
    assert (await invoice_month(service))["item_count"] == 0


async def test_a_late_cancellation_is_due(service: RunningService, day: Booked) -> None:
    await service.deliver(day.confirmed(), day.cancelled(is_chargeable=True))
    assert await lines_of(service, day) == [("due", 920)]


def stories(day: Booked) -> list[Sequence[Event]]:
    """Lives of a booking."""
    later = MOMENT + timedelta(hours=1)
    return [
        (day.confirmed(), day.cancelled()),
        (day.confirmed(), day.cancelled(is_chargeable=True)),
        (day.confirmed(), day.attended(Attendance.ABSENT_EXCUSED), day.attended(Attendance.PRESENT, later)),
        (day.confirmed(), day.attended(Attendance.PRESENT), day.attended(Attendance.ABSENT_EXCUSED, later)),
        (day.confirmed(), day.cancelled(), day.attended(Attendance.PRESENT)),
    ]


async def test_any_order_and_any_repetition_comes_to_the_same(service: RunningService) -> None:
    """Every permutation of every life, each event twice, on bookings of their own; the other topics come last."""
    centre, family = uuid4(), Family()
    days: list[list[Booked]] = []
    for story, events in enumerate(stories(Booked(family, centre))):
        days.append([])
        for order in itertools.permutations(range(len(events))):
            day = Booked(family, centre)
            days[-1].append(day)
            for position in order:
                envelope = service.envelope(stories(day)[story][position])
                await service.deliver(envelope, envelope)
    await publish_tariff(service)
    await service.deliver(family.quotient(75_000), activity(centre), family.state())
    await service.run_job("price_charges")
    statuses = []
    for permutations in days:
        outcomes = {tuple(await lines_of(service, day)) for day in permutations}
        ((outcome,),) = outcomes
        assert outcome[1] == 920 or outcome[0] == "void"
        statuses.append(outcome[0])
    assert statuses == ["void", "due", "due", "void", "due"]


async def test_a_day_without_tariff_is_kept_and_priced_once_it_is_known(service: RunningService) -> None:
    day = Booked(Family(), uuid4())
    await service.deliver(day.confirmed())
    assert await recorded(service) == [(ChargeStatus.PLANNED, None)]
    await publish_tariff(service)
    await service.run_job("price_charges")
    assert await lines_of(service, day) == [("planned", None)]
    await service.deliver(activity(day.activity_id))
    await service.run_job("price_charges")
    assert await recorded(service) == [(ChargeStatus.PLANNED, None), (ChargeStatus.PLANNED, 1480)]


async def test_a_late_quotient_prices_again_what_is_on_no_invoice(service: RunningService, day: Booked) -> None:
    family = day.family
    before, after = Booked(family, day.activity_id), Booked(family, day.activity_id)
    invoiced = Booked(family, day.activity_id, WEDNESDAY - timedelta(days=30))
    await service.deliver(invoiced.attended())
    await invoice_month(service, "2026-08")
    await service.deliver(before.confirmed(), after.confirmed(), after.attended())
    await service.deliver(family.quotient(10_000))
    await service.run_job("price_charges")
    assert await lines_of(service, before) == [("planned", 450)]
    assert await lines_of(service, after) == [("due", 450)]
    assert await lines_of(service, invoiced) == [("invoiced", 920)]


async def test_a_later_grid_counts_when_the_day_becomes_due(service: RunningService, day: Booked) -> None:
    await service.deliver(day.confirmed())
    brackets = [bracket | {"price_cents": bracket["price_cents"] + 10} for bracket in LEISURE_GRID["brackets"]]
    await publish_tariff(service, brackets=brackets)
    assert await lines_of(service, day) == [("planned", 920)]
    await service.deliver(day.attended())
    assert await lines_of(service, day) == [("due", 930)]


async def test_a_corrected_day_is_given_back_on_the_next_invoice(service: RunningService, day: Booked) -> None:
    await service.deliver(day.confirmed(), day.attended())
    await invoice_month(service)
    first = await only_invoice(service, day.family)

    october = [Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=30 + number)) for number in range(2)]
    await service.deliver(day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    await service.deliver(*(booked.attended() for booked in october))
    run = await invoice_month(service, "2026-10")

    assert run["total_cents"] == 920
    parent = service.as_parent(day.family.guardian_id)
    summaries = (await service.client.get("/invoices", headers=parent)).json()["items"]
    second = (await service.client.get(f"/invoices/{summaries[0]['invoice_id']}", headers=parent)).json()
    assert [(item["quantity"], item["amount_cents"]) for item in second["lines"]] == [(-1, -920), (1, 920), (1, 920)]
    assert (await service.client.get(f"/invoices/{first['invoice_id']}", headers=parent)).json() == first


async def test_a_credit_alone_waits_for_an_invoice_that_can_take_it(service: RunningService, day: Booked) -> None:
    await service.deliver(day.attended())
    await invoice_month(service)
    await service.deliver(day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    october = await invoice_month(service, "2026-10")
    assert (october["issued_count"], october["anomalies"]) == (0, [["credit_carried_over", 1]])
    assert await lines_of(service, day) == [("invoiced", 920), ("due", -920)]

    later = Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=62))
    await service.deliver(later.attended())
    november = await invoice_month(service, "2026-11")
    assert (november["issued_count"], november["total_cents"]) == (0, 0)
    assert await lines_of(service, day) == [("invoiced", 920), ("invoiced", -920)]
    assert await service.db.fetchval("select sum(amount_cents) from ledger_postings where account like 'rec%'") == 920


async def test_a_correction_taken_back_before_the_next_invoice_leaves_nothing(
    service: RunningService, day: Booked
) -> None:
    await service.deliver(day.attended())
    await invoice_month(service)
    await service.deliver(day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    await service.deliver(day.attended(Attendance.PRESENT, MOMENT + timedelta(days=2)))
    assert await lines_of(service, day) == [("invoiced", 920), ("void", -920)]
    assert (await recorded(service))[-1] == (ChargeStatus.VOID, 0)


async def test_an_erased_household_keeps_its_charges(service: RunningService, day: Booked) -> None:
    await service.deliver(day.confirmed())
    for state in (day.family.state(), day.family.quotient(1)):
        envelope = service.envelope(state)
        await service.deliver(
            type(envelope)(**{name: getattr(envelope, name) for name in envelope.__slots__} | {"payload": None})
        )
    await service.deliver(day.attended())
    assert await lines_of(service, day) == [("due", 1480)]


async def charges(service: RunningService, headers: dict[str, str], **params: Any) -> Any:
    """The answer of the list of charges."""
    wanted = {"from_on": "2026-09-01", "to_on": "2026-09-30"} | params
    return await service.client.get("/charges", params=wanted, headers=headers)


async def test_a_family_sees_what_each_day_costs_and_why(service: RunningService, day: Booked) -> None:
    other_day = Booked(day.family, day.activity_id)
    await service.deliver(day.confirmed(), other_day.confirmed(), other_day.attended(Attendance.ABSENT_EXCUSED))
    parent = service.as_parent(day.family.guardian_id)
    items = (await charges(service, parent)).json()["items"]
    assert sorted((item["status"], item["amount_cents"]) for item in items) == [("planned", 920), ("void", 0)]
    planned = next(item for item in items if item["status"] == "planned")
    assert planned["explanation"]["bracket_label"] == "Tranche 2"
    assert (planned["child_first_name"], planned["activity_label"]) == ("Lina", "Mercredis du centre de loisirs")

    assert (await charges(service, parent, from_on="2026-09-03")).json()["items"] == []
    assert (await charges(service, parent, household_id=str(uuid4()))).status_code == 404
    assert (await charges(service, service.as_parent(uuid4()))).status_code == 404
    assert (await charges(service, service.as_agent(Role.SITE))).status_code == 403
    assert (await charges(service, service.as_agent(Role.FINANCE))).status_code == 422
    mine = {"household_id": str(day.family.household_id)}
    assert len((await charges(service, service.as_agent(Role.FINANCE), **mine)).json()["items"]) == 2
    for wrong in ({"to_on": "2026-08-01"}, {"to_on": "2028-01-01"}, {"to_on": "never"}, {"cursor": "x"}):
        assert (await charges(service, parent, **wrong)).status_code == 422


async def test_the_list_of_charges_comes_in_pages(service: RunningService, day: Booked) -> None:
    days = [Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=number % 3)) for number in range(105)]
    await service.deliver(*(booked.confirmed() for booked in days))
    parent = service.as_parent(day.family.guardian_id)
    first = (await charges(service, parent)).json()
    second = (await charges(service, parent, cursor=first["next_cursor"])).json()
    seen: set[UUID] = {item["charge_id"] for item in first["items"] + second["items"]}
    assert (len(first["items"]), len(second["items"]), len(seen), second["next_cursor"]) == (100, 5, 105, None)


async def test_an_account_shows_balance_children_and_quotient(service: RunningService, day: Booked) -> None:
    await service.deliver(day.attended())
    await invoice_month(service)
    answer = await service.client.get("/account", headers=service.as_parent(day.family.guardian_id))
    assert answer.json() == {
        "household_id": str(day.family.household_id),
        "payer": {
            "payer_id": str(day.family.payer_id),
            "payer_name": "Camille Martin",
            "balance_cents": 920,
            "credit_cents": 0,
            "unpaid_count": 1,
            "former_reference": None,
        },
        "others": [],
        "children_count": 1,
        "quotient_cents": 75_000,
        "quotient_on": "2026-01-01",
        "quotient_source": "caf",
    }
    assert (await service.client.get("/account", headers=service.as_parent(uuid4()))).status_code == 404
