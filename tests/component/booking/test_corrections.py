"""What a closing published is corrected by the next one, under the source that it was published for."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.component.booking.sheets import UNTIL_MIDNIGHT, Sheet, book, set_to_noon, today
from tests.component.booking.test_ending import end
from tests.factories.booking import BookingTown, refusal_codes
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def marks_of(sheet: Sheet) -> list[tuple[bool, str]]:
    """Whether each event of a sheet is of a booking, and its mark."""
    return [(event.booking_id is not None, event.attendance) for event in await sheet.events()]


async def test_a_day_that_was_unbooked_then_booked_is_owed_once(town: BookingTown) -> None:
    """The unbooked day stayed owed beside the booked one."""
    family = await town.family()
    sheet = await today(town, family)
    (child_id,) = sheet.children
    await sheet.mark((child_id, "unbooked"))
    await sheet.close()
    await sheet.mark((child_id, "absent_excused"))
    await book(sheet)
    assert [line["attendance"] for line in (await sheet.read())["lines"]] == [None], "it was said of another source"
    await sheet.mark((child_id, "present"))
    await sheet.close()

    assert await marks_of(sheet) == [(False, "unbooked"), (False, "absent_excused"), (True, "present")]
    first, taken_back, booked = await sheet.events()
    assert first.attendance_id == taken_back.attendance_id != booked.attendance_id
    await sheet.close()
    assert len(await sheet.events()) == 3


async def test_what_was_never_published_is_not_taken_back(town: BookingTown) -> None:
    sheet = await today(town, await town.family())
    (child_id,) = sheet.children
    await sheet.mark((child_id, "unbooked"))
    await sheet.mark((child_id, "absent_excused"))
    await book(sheet)
    await sheet.mark((child_id, "present"))
    await sheet.close()
    assert await marks_of(sheet) == [(True, "present")]


async def test_the_home_of_a_child_who_came_unbooked_is_corrected(town: BookingTown) -> None:
    """The household that was named by mistake was owed the day for ever."""
    family = await town.family()
    home = await town.second_home(family)
    sheet = await today(town)
    child_id = str(family.child_id)
    await sheet.mark((child_id, "unbooked"), household_id=str(family.household_id))
    await sheet.close()

    corrected = await sheet.mark((child_id, "unbooked"), household_id=str(home.household_id))

    (line,) = corrected.json()["lines"]
    assert line["household_id"] == str(home.household_id)
    assert not corrected.json()["slot"]["is_closed"]
    strange = await sheet.mark((child_id, "unbooked"), household_id=str(uuid4()))
    assert (strange.status_code, refusal_codes(strange)) == (404, [("/marks/0/child_id", "child_unknown")])
    await sheet.close()
    assert [(event.household_id, event.attendance) for event in await sheet.events()] == [
        (family.household_id, "unbooked"),
        (family.household_id, "absent_excused"),
        (home.household_id, "unbooked"),
    ]
    await sheet.mark((child_id, "unbooked"), household_id=str(family.household_id))
    await sheet.close()
    first, *_, back_there, back_here = await sheet.events()
    assert (back_there.household_id, back_there.attendance) == (home.household_id, "absent_excused")
    assert (back_here.attendance_id, back_here.attendance) == (first.attendance_id, "unbooked")


async def test_only_a_mark_that_changes_something_opens_a_sheet_again(
    service: RunningService, town: BookingTown
) -> None:
    """Nor is there an act in the history that did nothing."""
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    arrived_at = (await service.db.now()).isoformat()
    tablet = {"device_mark_id": str(uuid4()), "arrived_at": arrived_at}
    await sheet.mark((child_id, "present"), **tablet)
    await sheet.close()
    acts = "select count(*) from history where action = 'attendance_marked'"
    for same in (tablet, {}, {"device_mark_id": str(uuid4())}, {"arrived_at": arrived_at}):
        assert (await sheet.mark((child_id, "present"), **same)).json()["slot"]["is_closed"], same
    assert await service.db.fetchval(acts) == 1
    assert not (await sheet.mark((child_id, "absent_excused"))).json()["slot"]["is_closed"]
    assert await service.db.fetchval(acts) == 2


async def test_corrected_hours_are_published(service: RunningService, town: BookingTown) -> None:
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    now = await service.db.now()
    await sheet.mark((child_id, "present"), arrived_at=now.isoformat())
    await sheet.close()
    left_at = now + timedelta(minutes=10)
    await sheet.mark((child_id, "present"), left_at=left_at.isoformat())
    await sheet.close()
    assert [(event.arrived_at, event.left_at) for event in await sheet.events()] == [(now, None), (now, left_at)]


async def test_hours_hold_together_with_those_that_were_noted(service: RunningService, town: BookingTown) -> None:
    """The departure was noted by another mark."""
    await set_to_noon(town)
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    now = await service.db.now()
    await sheet.mark((child_id, "present"), left_at=now.isoformat())
    late = await sheet.mark((child_id, "present"), arrived_at=(now + timedelta(minutes=20)).isoformat())
    assert (late.status_code, refusal_codes(late)) == (422, [("/marks/0/arrived_at", "range_reversed")])
    assert (await sheet.mark((child_id, "present"), arrived_at=now.isoformat())).status_code == 200


async def test_an_absent_child_has_no_hours(service: RunningService, town: BookingTown) -> None:
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    arrived_at = (await service.db.now()).isoformat()
    await sheet.mark((child_id, "present"), arrived_at=arrived_at)
    (line,) = (await sheet.mark((child_id, "absent_excused"), left_at=arrived_at)).json()["lines"]
    assert (line["arrived_at"], line["left_at"]) == (None, None)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1899-12-31T12:00:00Z"])
async def test_an_instant_that_nobody_can_mean_is_refused(town: BookingTown, at: str) -> None:
    """It has no date in UTC, and was a 500."""
    sheet = await today(town, await town.family())
    await book(sheet)
    answer = await sheet.mark((sheet.children[0], "present"), arrived_at=at)
    assert answer.status_code == 422, answer.text
    assert "/marks/0/arrived_at" in dict(refusal_codes(answer))


async def test_whoever_was_added_by_mistake_owes_nothing(town: BookingTown) -> None:
    """An absence without an excuse is charged, and nobody had expected this child."""
    sheet = await today(town, await town.family())
    (child_id,) = sheet.children
    await sheet.mark((child_id, "unbooked"))
    answer = await sheet.mark((child_id, "absent_unexcused"))
    assert refusal_codes(answer) == [("/marks/0/attendance", "attendance_not_allowed")]


async def test_all_that_stands_against_marks_is_said_at_once(town: BookingTown, sheet: Sheet) -> None:
    """Whoever mends a batch mends it once."""
    town.service.advance(days=10)
    first, second = sheet.children
    marks: list[tuple[str, Any]] = [(first, "present"), (str(uuid4()), "unbooked"), (second, "unbooked")]
    answer = await sheet.mark(*marks)
    assert (answer.status_code, refusal_codes(answer)) == (
        404,
        [("/marks/1/child_id", "child_unknown"), ("/marks/2/attendance", "attendance_not_allowed")],
    )


async def test_who_is_marked_as_there_does_not_give_the_day_back(town: BookingTown) -> None:
    """Until the cutoff the day was free, and the child had been there."""
    family = await town.family()
    activity_id = await town.activity(cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await town.open(activity_id, 0)
    enrollment_id = await town.enroll(family, activity_id)
    sheet = Sheet(town, slot_id, [family], [])
    await book(sheet)
    await sheet.mark((sheet.children[0], "present"))

    (cell,) = await town.cells(family)
    assert (cell["state"], cell["reason"]) == ("booked_locked", "marked_present")
    refused = await town.give_back(family, *sheet.bookings)
    assert (refused.status_code, refusal_codes(refused)) == (409, [("/cancellations/0", "marked_present")])
    kept = await end(town, enrollment_id, 0)
    assert (kept.status_code, kept.json()["code"]) == (409, "child_was_present")
    assert kept.json()["params"] == {"service_on": str(await town.today())}

    await sheet.mark((sheet.children[0], "absent_excused"))
    assert [cell["state"] for cell in await town.cells(family)] == ["booked"]
    assert (await town.give_back(family, *sheet.bookings)).status_code == 201


async def test_what_was_published_is_not_given_back_while_the_sheet_is_open_again(town: BookingTown) -> None:
    """Its attendance was forgotten, no correction went out, and the day booked again was owed twice."""
    family, other = await town.family(), await town.family()
    sheet = await today(town, family, other)
    await book(sheet)
    first, second = sheet.children
    await sheet.mark((first, "absent_unexcused"), (second, "present"))
    await sheet.close()
    await sheet.mark((second, "absent_excused"))
    assert not (await sheet.read())["slot"]["is_closed"]

    (cell,) = await town.cells(family)
    assert (cell["state"], cell["reason"]) == ("booked_locked", "slot_closed")
    refused = await town.give_back(family, sheet.bookings[0])
    assert (refused.status_code, refusal_codes(refused)) == (409, [("/cancellations/0", "slot_closed")])
    enrollments = await town.client.get("/enrollments", headers=town.parent(family))
    kept = await end(town, enrollments.json()["items"][0]["enrollment_id"], 0)
    assert (kept.status_code, kept.json()["code"]) == (409, "attendance_closed")
    await sheet.close()
    assert (await sheet.recorded())[2:] == [(second, "absent_excused")]
