"""What is seen of children besides the booked ones' presence: who came unbooked, when they came and left, on which device."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.booking.attendance import queries
from tests.component.booking.sheets import Sheet, at, book, set_to_noon, today
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def newcomer(town: BookingTown, sheet: Sheet) -> Family:
    """A family whose child is enrolled in the activity of a sheet, and not booked."""
    family = await town.family("Ada Nouvelle")
    slot = (await sheet.read())["slot"]
    await town.enroll(family, UUID(slot["activity_id"]))
    return family


async def test_a_child_who_came_unbooked_is_added_and_told_once(
    service: RunningService, town: BookingTown, sheet: Sheet
) -> None:
    """No path led to a row of the table of prices."""
    family = await newcomer(town, sheet)
    service.advance(days=10)
    assert [child["child_id"] for child in (await sheet.read())["candidates"]] == [str(family.child_id)]

    added = await sheet.mark((str(family.child_id), "unbooked"))

    assert added.status_code == 200, added.text
    line = next(line for line in added.json()["lines"] if line["child_id"] == str(family.child_id))
    assert (line["attendance"], line["booking_id"], line["household_id"]) == (
        "unbooked",
        None,
        str(family.household_id),
    )
    assert added.json()["candidates"] == []
    await sheet.mark(*((child_id, "present") for child_id in sheet.children))
    await sheet.close()
    await sheet.close()
    (event,) = [event for event in await sheet.events() if event.child_id == family.child_id]
    assert (event.booking_id, event.attendance, event.household_id) == (None, "unbooked", family.household_id)

    # It was another child: the mark is taken back, under the same attendance.
    present = await sheet.mark((str(family.child_id), "present"))
    assert refusal_codes(present) == [("/marks/0/attendance", "attendance_not_allowed")]
    await sheet.mark((str(family.child_id), "absent_excused"))
    await sheet.close()
    last = (await sheet.events())[-1]
    assert (last.attendance_id, last.attendance) == (event.attendance_id, "absent_excused")


async def test_more_children_than_places_are_said(service: RunningService, town: BookingTown) -> None:
    """The sheet takes them, and says by how many they are too many."""
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10, capacity=1)
    booked, *others = [await town.family() for _ in range(3)]
    for family in (booked, *others):
        await town.enroll(family, activity_id)
    await town.book(booked, slot_id)
    sheet = Sheet(town, slot_id, [booked], [])
    service.advance(days=10)
    assert (await sheet.read())["overrun"] == 0
    answer = await sheet.mark(*((str(family.child_id), "unbooked") for family in others))
    assert (answer.json()["overrun"], answer.json()["slot"]["taken"]) == (2, 1)


async def test_a_day_marked_unbooked_is_not_booked_besides(service: RunningService, town: BookingTown) -> None:
    """It would be owed twice."""
    activity_id = await town.activity(cutoff={"days_before": 0, "at": "23:59:59"})
    (slot_id,) = await town.open(activity_id, 0)
    family = await town.family()
    await town.enroll(family, activity_id)
    await Sheet(town, slot_id, [family], []).mark((str(family.child_id), "unbooked"))
    assert refusal_codes(await town.book(family, slot_id)) == [("/lines/0/slot_id", "already_present")]
    (cell,) = await town.cells(family)
    assert (cell["state"], cell["reason"]) == ("closed", "already_present")


async def test_a_child_of_two_homes_came_for_one_that_is_said(
    service: RunningService, town: BookingTown, sheet: Sheet
) -> None:
    family = await newcomer(town, sheet)
    other = await town.second_home(family)
    service.advance(days=10)
    silent = await sheet.mark((str(family.child_id), "unbooked"))
    assert (silent.status_code, silent.json()["code"]) == (422, "household_ambiguous")
    assert silent.json()["params"]["references"] == "F-000001, F-000002"
    named = await sheet.mark((str(family.child_id), "unbooked"), household_id=str(other.household_id))
    line = next(line for line in named.json()["lines"] if line["child_id"] == str(family.child_id))
    assert line["household_id"] == str(other.household_id)


async def test_an_arrival_may_be_half_an_hour_ahead_and_no_more(service: RunningService, sheet: Sheet) -> None:
    service.advance(days=10)
    await set_to_noon(sheet.town)
    now = await service.db.now()
    child_id = sheet.children[0]
    late = await sheet.mark((child_id, "present"), arrived_at=str(now + timedelta(minutes=31)))
    assert refusal_codes(late) == [("/marks/0/arrived_at", "time_ahead")]
    assert late.json()["errors"][0]["params"] == {"minutes_max": 30}
    reversed_ = await sheet.mark((child_id, "present"), arrived_at=str(now), left_at=str(now - timedelta(minutes=1)))
    assert refusal_codes(reversed_) == [("/marks/0/left_at", "range_reversed")]
    arrived_at = now + timedelta(minutes=29)
    assert (await sheet.mark((child_id, "present"), arrived_at=str(arrived_at))).status_code == 200
    service.advance(hours=8)
    left_at = now + timedelta(hours=8)
    assert (await sheet.mark((child_id, "present"), left_at=str(left_at))).status_code == 200
    await sheet.mark((sheet.children[1], "absent_excused"))
    await sheet.close()
    event = next(event for event in await sheet.events() if str(event.child_id) == child_id)
    assert (event.arrived_at, event.left_at) == (arrived_at, left_at)


async def test_hours_are_of_the_day_of_the_sheet(town: BookingTown) -> None:
    """By the town's clock: a tablet whose date is wrong sent those of another day, or another year."""
    sheet = await today(town, await town.family())
    await book(sheet)
    child = (sheet.children[0], "present")
    town.service.advance(days=2)
    for arrived_at in (await at(town, "23:59", -3), await at(town, "00:00", -1), "1901-01-05T08:00:00+01:00"):
        refused = await sheet.mark(child, arrived_at=arrived_at)
        assert (refused.status_code, refusal_codes(refused)) == (422, [("/marks/0/arrived_at", "hour_of_another_day")])
    assert refused.json()["errors"][0]["params"] == {"service_on": str(await town.day(-2))}
    for left_at in (await at(town, "23:59", -3), await at(town, "12:00", -1)):
        refused = await sheet.mark(child, left_at=left_at)
        assert refusal_codes(refused) == [("/marks/0/left_at", "hour_of_another_day")]
    for hours in (
        {"arrived_at": await at(town, "00:00", -2), "left_at": await at(town, "23:59", -2)},
        {"arrived_at": await at(town, "23:59", -2), "left_at": await at(town, "11:59", -1)},
    ):
        noted = await sheet.mark(child, **hours)
        assert noted.status_code == 200, noted.text


async def test_a_mark_of_a_device_that_is_sent_again_is_one(service: RunningService, sheet: Sheet) -> None:
    """A tablet without a network sends what it kept, after another one has corrected it and the sheet was closed."""
    service.advance(days=10)
    first, second = sheet.children
    tablet = {"device_mark_id": str(uuid4())}
    await sheet.mark((first, "present"), **tablet)
    await sheet.mark((first, "absent_excused"), device_mark_id=str(uuid4()))
    await sheet.mark((second, "present"))
    await sheet.close()
    again = await sheet.mark((first, "present"), **tablet)
    assert again.status_code == 200
    assert again.json()["slot"]["is_closed"]
    assert {line["child_id"]: line["attendance"] for line in again.json()["lines"]}[first] == "absent_excused"


async def test_two_tablets_mark_the_same_children_in_other_orders(service: RunningService, town: BookingTown) -> None:
    """Twelve marks, and no 500."""
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10, capacity=20)
    family = await town.family(children=12)
    await town.enroll(family, activity_id)
    await town.book_lines(family, [(child_id, slot_id) for child_id in family.child_ids])
    sheet = Sheet(town, slot_id, [family], [])
    service.advance(days=10)
    children = [str(child_id) for child_id in family.child_ids]
    tablets = [[(child_id, "present") for child_id in order] for order in (children, children[::-1]) for _ in range(4)]
    answers = await asyncio.gather(*(sheet.mark(*marks) for marks in tablets))
    assert {answer.status_code for answer in answers} == {200}
    assert await service.db.fetchval("select count(*) from attendances where mark = 'present'") == 12


async def test_what_was_marked_of_a_booking_goes_with_it(service: RunningService, town: BookingTown) -> None:
    activity_id = await town.activity(cutoff={"days_before": 0, "at": "23:59:59"})
    (slot_id,) = await town.open(activity_id, 0)
    family = await town.family()
    await town.enroll(family, activity_id)
    booking_id = (await town.book(family, slot_id)).json()["bookings"][0]["booking_id"]
    sheet = Sheet(town, slot_id, [family], [booking_id])
    await sheet.mark((str(family.child_id), "absent_excused"))
    assert (await town.give_back(family, booking_id)).status_code == 201
    assert (await sheet.read())["lines"] == []
    assert (await town.book(family, slot_id)).status_code == 201
    assert [line["attendance"] for line in (await sheet.read())["lines"]] == [None]


async def test_the_sheet_is_read_for_the_answer_once_its_places_are_free(
    service: RunningService, town: BookingTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever books waited while 350 lines were read and written out."""
    sheet = await today(town, await town.family())
    await book(sheet)
    read = queries.sheet

    async def read_beside(*arguments: Any) -> Any:
        await service.db.fetch("select id from pools for update nowait")
        return await read(*arguments)

    monkeypatch.setattr(queries, "sheet", read_beside)
    marked = await sheet.mark((sheet.children[0], "present"))
    assert [line["attendance"] for line in marked.json()["lines"]] == ["present"]
    assert (await sheet.close()).json()["slot"]["is_closed"]
