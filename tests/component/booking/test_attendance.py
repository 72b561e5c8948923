"""The sheet of a day: marked from the day itself on, closed when complete, corrected and closed again."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.booking.events import AttendanceRecorded
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


class Sheet:
    """A day with two booked children, seen by the agent on site."""

    def __init__(self, town: BookingTown, slot_id: UUID, families: list[Family], bookings: list[str]) -> None:
        self.town, self.slot_id, self.families, self.bookings = town, slot_id, families, bookings

    @property
    def children(self) -> list[str]:
        """The first child of each family."""
        return [str(family.child_id) for family in self.families]

    async def read(self) -> dict[str, Any]:
        answer = await self.town.client.get(self._path, headers=self.town.site_agent)
        document: dict[str, Any] = answer.json()
        return document

    async def mark(self, *marks: tuple[str, str], **fields: str) -> httpx2.Response:
        """Mark children, each mark with these fields besides."""
        body = {"marks": [{"child_id": child_id, "attendance": mark, **fields} for child_id, mark in marks]}
        return await self.town.client.put(self._path, json=body, headers=self.town.site_agent)

    async def close(self) -> httpx2.Response:
        return await self.town.client.post(f"{self._path}/closure", headers=self.town.site_agent)

    async def recorded(self) -> list[tuple[str, str]]:
        """The children of whom a mark was published, with it."""
        return [(str(event.child_id), event.attendance) for event in await self.events()]

    async def events(self) -> list[AttendanceRecorded]:
        events = await self.town.service.outbox()
        return [event for event in events if isinstance(event, AttendanceRecorded)]

    @property
    def _path(self) -> str:
        return f"/slots/{self.slot_id}/attendance"


@pytest.fixture
async def sheet(town: BookingTown) -> Sheet:
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    families, bookings = [], []
    for _ in range(2):
        family = await town.family()
        await town.enroll(family, activity_id)
        bookings.append((await town.book(family, slot_id)).json()["bookings"][0]["booking_id"])
        families.append(family)
    return Sheet(town, slot_id, families, bookings)


async def test_a_sheet_is_marked_and_closed_from_its_day_on(service: RunningService, sheet: Sheet) -> None:
    first, second = sheet.children
    service.advance(days=9)
    for early in (await sheet.mark((first, "present")), await sheet.close()):
        assert (early.status_code, early.json()["code"]) == (409, "day_not_come")
    service.advance(days=1)

    assert (await sheet.mark((first, "present"))).status_code == 200
    incomplete = await sheet.close()
    assert (incomplete.status_code, incomplete.json()["code"]) == (409, "attendance_incomplete")
    assert [error["params"]["child_id"] for error in incomplete.json()["errors"]] == [second]
    assert await sheet.recorded() == []

    assert (await sheet.mark((second, "absent_unexcused"))).status_code == 200
    closed = (await sheet.close()).json()
    assert closed["slot"]["is_closed"]
    assert closed["closed_at"] is not None
    assert sorted(await sheet.recorded()) == sorted([(first, "present"), (second, "absent_unexcused")])


async def test_a_correction_is_published_when_closed_again(service: RunningService, sheet: Sheet) -> None:
    first, second = sheet.children
    service.advance(days=10)
    await sheet.mark((first, "present"), (second, "present"))
    await sheet.close()
    await sheet.close()
    assert len(await sheet.recorded()) == 2

    await sheet.mark((second, "absent_excused"))
    assert not (await sheet.read())["slot"]["is_closed"]
    await sheet.close()
    assert (await sheet.recorded())[2:] == [(second, "absent_excused")]


async def test_a_closed_day_is_closed_for_the_family(service: RunningService, town: BookingTown) -> None:
    activity_id = await town.activity(cutoff={"days_before": 0, "at": "23:59:59"})
    (slot_id,) = await town.open(activity_id, 1)
    family, other = await town.family(), await town.family()
    for household in (family, other):
        await town.enroll(household, activity_id)
    booking_id = (await town.book(family, slot_id)).json()["bookings"][0]["booking_id"]
    service.advance(days=1)
    day = Sheet(town, slot_id, [family], [booking_id])
    await day.mark((str(family.child_id), "present"))
    assert (await day.close()).status_code == 200

    cancelled = await town.give_back(family, booking_id)
    assert (cancelled.status_code, refusal_codes(cancelled)) == (409, [("/cancellations/0", "slot_closed")])
    assert refusal_codes(await town.book(other, slot_id)) == [("/lines/0/slot_id", "slot_closed")]
    (cell,) = await town.cells(family)
    assert (cell["state"], cell["reason"]) == ("booked_locked", "slot_closed")


async def test_marks_of_unknown_children_and_impossible_marks_are_refused(
    service: RunningService, sheet: Sheet
) -> None:
    service.advance(days=10)
    strange = await sheet.mark((sheet.children[0], "present"), (str(uuid4()), "present"))
    assert (strange.status_code, refusal_codes(strange)) == (404, [("/marks/1/child_id", "child_unknown")])
    unbooked = await sheet.mark((sheet.children[0], "unbooked"))
    assert refusal_codes(unbooked) == [("/marks/0/attendance", "attendance_not_allowed")]
    assert {line["attendance"] for line in (await sheet.read())["lines"]} == {None}


async def test_a_cancelled_booking_leaves_the_sheet(town: BookingTown, sheet: Sheet) -> None:
    await town.give_back(sheet.families[0], sheet.bookings[0])
    assert [line["booking_id"] for line in (await sheet.read())["lines"]] == [sheet.bookings[1]]


async def test_sheets_are_for_agents_on_site(town: BookingTown, sheet: Sheet) -> None:
    answer = await town.client.get(f"/slots/{sheet.slot_id}/attendance", headers=town.parent(sheet.families[0]))
    assert answer.status_code == 403
    missing = await town.client.get(f"/slots/{uuid4()}/attendance", headers=town.site_agent)
    assert missing.status_code == 404


async def test_a_sheet_is_in_the_order_of_a_french_list(town: BookingTown) -> None:
    """F10: the collation of bytes sent particles and accents to the end."""
    right = ["ábaco", "Çaglar", "Caillou", "d'Arc", "de Beauvoir", "Éluard", "O'Hara", "Œuvrard", "Zola"]
    family = await town.family(*(f"Kid {name}" for name in sorted(right)))
    lines, _ = await sheet_of(town, family)
    assert [line["child_last_name"] for line in lines] == right
    assert {line["child_birth_on"] for line in lines} == {None}


async def test_namesakes_on_a_sheet_bear_their_birth_dates(town: BookingTown) -> None:
    """F08, FF-4: two identical lines, and the wrong family billed."""
    lines, marked = await sheet_of(town, await town.family("Emma M", "Max M", "Emma M"))
    born = {line["child_id"]: line["child_birth_on"] for line in lines}
    first, other, second = (str(child_id) for child_id in marked)
    assert [line["child_id"] for line in lines] == [first, second, other]
    assert born[other] is None
    assert born[first] < born[second]


async def sheet_of(town: BookingTown, family: Family) -> tuple[list[dict[str, Any]], tuple[UUID, ...]]:
    """The lines of a day on which every child of a family is booked, and the children as they stand in their file."""
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10, capacity=20)
    await town.enroll(family, activity_id)
    booked = await town.book_lines(family, [(child_id, slot_id) for child_id in family.child_ids])
    assert booked.status_code == 201, booked.text
    answer = await town.client.get(f"/slots/{slot_id}/attendance", headers=town.site_agent)
    return answer.json()["lines"], family.child_ids


async def newcomer(town: BookingTown, sheet: Sheet) -> Family:
    """A family whose child is enrolled in the activity of a sheet, and not booked."""
    family = await town.family("Ada Nouvelle")
    slot = (await sheet.read())["slot"]
    await town.enroll(family, UUID(slot["activity_id"]))
    return family


async def test_a_child_who_came_unbooked_is_added_and_told_once(
    service: RunningService, town: BookingTown, sheet: Sheet
) -> None:
    """F12, AG-2: no path led to a row of the table of prices."""
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
    """AG-2: the sheet takes them, and says by how many they are too many."""
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
    assert silent.json()["params"]["references"] == "F-0001, F-0002"
    said = await sheet.mark((str(family.child_id), "unbooked"), household_id=str(other.household_id))
    line = next(line for line in said.json()["lines"] if line["child_id"] == str(family.child_id))
    assert line["household_id"] == str(other.household_id)


async def test_an_arrival_may_be_half_an_hour_ahead_and_no_more(service: RunningService, sheet: Sheet) -> None:
    """EV-31."""
    service.advance(days=10)
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
    """EV-32: twelve marks, and no 500."""
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
    await sheet.mark((str(family.child_id), "present"))
    assert (await town.give_back(family, booking_id)).status_code == 201
    assert (await sheet.read())["lines"] == []
    assert (await town.book(family, slot_id)).status_code == 201
    assert [line["attendance"] for line in (await sheet.read())["lines"]] == [None]
