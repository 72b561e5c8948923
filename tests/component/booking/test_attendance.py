"""The sheet of a day: marked from the day itself on, closed when complete, corrected and closed again."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.component.booking.sheets import Sheet
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


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
    """The collation of bytes sent particles and accents to the end."""
    right = ["ábaco", "Çaglar", "Caillou", "d'Arc", "de Beauvoir", "Éluard", "O'Hara", "Œuvrard", "Zola"]
    family = await town.family(*(f"Kid {name}" for name in sorted(right)))
    lines, _ = await sheet_of(town, family)
    assert [line["child_last_name"] for line in lines] == right
    assert {line["child_birth_on"] for line in lines} == {None}


async def test_namesakes_on_a_sheet_bear_their_birth_dates(town: BookingTown) -> None:
    """Two identical lines, and the wrong family billed."""
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
