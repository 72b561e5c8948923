"""Marks made beside those of others: on a page that was opened before, on a device that kept them without a network."""

from datetime import datetime
from uuid import uuid4

import pytest

from tests.component.booking.sheets import Sheet, at, book, today
from tests.factories.booking import ZONE, BookingTown, refusal_codes

pytestmark = pytest.mark.anyio


async def test_a_mark_of_a_line_that_changed_since_is_refused_with_both(town: BookingTown) -> None:
    sheet = await today(town, await town.family(), await town.family())
    await book(sheet)
    first, second = sheet.children
    assert {line["version"] for line in (await sheet.read())["lines"]} == {0}
    await sheet.mark((first, "present"), version=0)
    refused = await sheet.mark((second, "present"), (first, "absent_excused"), version=0)
    assert (refused.status_code, refused.json()["code"]) == (409, "marks_refused")
    assert refusal_codes(refused) == [("/marks/1/attendance", "mark_changed")]
    assert refused.json()["errors"][0]["params"] == {"noted": "present", "sent": "absent_excused"}
    lines = {line["child_id"]: (line["attendance"], line["version"]) for line in (await sheet.read())["lines"]}
    assert lines == {first: ("present", 1), second: (None, 0)}, "nothing of a page is noted by halves"
    assert (await sheet.mark((first, "present"), version=0)).status_code == 200, "it says the same"
    assert (await sheet.mark((first, "absent_excused"), version=1)).status_code == 200
    assert (await sheet.mark((first, "present"))).status_code == 200, (
        "whoever does not say what they saw has the last word"
    )


async def test_an_hour_that_changed_since_is_refused_too(town: BookingTown) -> None:
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    noted_at, sent_at = await at(town, "00:01"), await at(town, "00:02")
    await sheet.mark((child_id, "present"), arrived_at=noted_at)
    refused = await sheet.mark((child_id, "present"), arrived_at=sent_at, version=0)
    assert refusal_codes(refused) == [("/marks/0/arrived_at", "hour_changed")]
    assert (await sheet.mark((child_id, "present"), left_at=noted_at, version=0)).status_code == 200


async def test_a_number_that_was_seen_is_never_that_of_another_mark(town: BookingTown) -> None:
    """The day was given back and booked anew, its line began to count again, and an old page undid what was noted since."""
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    await sheet.mark((child_id, "absent_excused"))
    (old,) = (await sheet.read())["lines"]
    assert (await town.give_back(sheet.families[0], sheet.bookings[0])).status_code == 201
    await book(sheet)
    await sheet.mark((child_id, "present"), version=0)
    refused = await sheet.mark((child_id, "absent_unexcused"), version=old["version"])
    assert refusal_codes(refused) == [("/marks/0/attendance", "mark_changed")]


async def hours_of(sheet: Sheet) -> tuple[str | None, str | None]:
    """The hours of the one child of a sheet, by the town's clock."""
    (line,) = (await sheet.read())["lines"]
    arrived, left = (
        line[name] and f"{datetime.fromisoformat(line[name]).astimezone(ZONE):%H:%M}"
        for name in ("arrived_at", "left_at")
    )
    return arrived, left


async def test_an_hour_is_taken_away_by_saying_that_there_is_none(town: BookingTown) -> None:
    """An hour at a wrong child stood for ever. What is left out stays as it is."""
    sheet = await today(town, await town.family())
    await book(sheet)
    child = (sheet.children[0], "present")
    await sheet.mark(child, arrived_at=await at(town, "00:01"), left_at=await at(town, "00:02"))
    await sheet.close()
    assert (await sheet.mark(child)).json()["slot"]["is_closed"]
    assert await hours_of(sheet) == ("00:01", "00:02")
    assert not (await sheet.mark(child, left_at=None)).json()["slot"]["is_closed"]
    assert await hours_of(sheet) == ("00:01", None)
    await sheet.close()
    assert [event.left_at is None for event in await sheet.events()] == [False, True]


async def test_an_hour_that_was_noted_since_is_not_taken_away_unseen(town: BookingTown) -> None:
    sheet = await today(town, await town.family())
    await book(sheet)
    child = (sheet.children[0], "present")
    await sheet.mark(child, left_at=await at(town, "00:01"))
    (seen,) = (await sheet.read())["lines"]
    await sheet.mark(child, left_at=await at(town, "00:02"))
    refused = await sheet.mark(child, left_at=None, version=seen["version"])
    assert (refused.status_code, refusal_codes(refused)) == (409, [("/marks/0/left_at", "hour_added")])
    assert await hours_of(sheet) == (None, "00:02")
    (seen,) = (await sheet.read())["lines"]
    assert (await sheet.mark(child, left_at=None, version=seen["version"])).status_code == 200
    assert await hours_of(sheet) == (None, None)
    assert (await sheet.mark(child, left_at=None, version=0)).status_code == 200, "there is none already"


async def test_whoever_saw_no_line_of_a_child_does_not_undo_what_is_noted_of_it(town: BookingTown) -> None:
    """An old page added a child whom a colleague had added and corrected, and opened the closed sheet again."""
    family = await town.family()
    sheet = await today(town, family)
    child = (sheet.children[0], "unbooked")
    assert (await sheet.mark(child, version=0)).status_code == 200
    assert (await sheet.mark(child, version=0)).status_code == 200, "it says the same"
    await sheet.mark((sheet.children[0], "absent_excused"))
    await sheet.close()
    refused = await sheet.mark(child, version=0)
    assert (refused.status_code, refusal_codes(refused)) == (409, [("/marks/0/attendance", "mark_changed")])
    assert (await sheet.read())["slot"]["is_closed"]


async def test_the_home_of_a_child_who_came_unbooked_does_not_go_back_unseen(town: BookingTown) -> None:
    family = await town.family()
    sheet = await today(town, family)
    home = await town.second_home(family)
    child, here, there = (sheet.children[0], "unbooked"), str(family.household_id), str(home.household_id)
    await sheet.mark(child, household_id=here, version=0)
    (seen,) = (await sheet.read())["lines"]
    assert (await sheet.mark(child, household_id=there, version=seen["version"])).status_code == 200
    for version in (0, seen["version"]):
        refused = await sheet.mark(child, household_id=here, version=version)
        assert (refused.status_code, refusal_codes(refused)) == (409, [("/marks/0/household_id", "home_changed")])
    assert (await sheet.mark(child, version=0)).status_code == 200, "no home is named"
    assert [line["household_id"] for line in (await sheet.read())["lines"]] == [there]


async def test_one_mark_of_a_device_that_cannot_be_noted_does_not_hold_up_the_others(town: BookingTown) -> None:
    """The booking was given back while the tablet had no network, and every attempt was refused whole."""
    sheet = await today(town, await town.family(), await town.family())
    await book(sheet)
    gone, there = sheet.children
    assert (await town.give_back(sheet.families[0], sheet.bookings[0])).status_code == 201
    marks = [
        {"child_id": child_id, "attendance": "present", "device_mark_id": str(uuid4())} for child_id in (gone, there)
    ]
    path = f"/slots/{sheet.slot_id}/attendance"
    for _ in range(2):
        answer = await town.client.put(path, json={"marks": marks}, headers=town.site_agent)
        assert answer.status_code == 200, answer.text
        (refused,) = answer.json()["refused"]
        assert refused["device_mark_id"] == marks[0]["device_mark_id"]
        assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [
            ("/marks/0/attendance", "attendance_not_allowed")
        ]
        assert [(line["child_id"], line["attendance"]) for line in answer.json()["lines"]] == [(there, "present")]
    assert (await sheet.read())["refused"] == []

    by_hand = [{name: mark[name] for name in ("child_id", "attendance")} for mark in marks]
    answer = await town.client.put(path, json={"marks": by_hand}, headers=town.site_agent)
    assert answer.status_code == 422, "a page is noted together or not at all"
