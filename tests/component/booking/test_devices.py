"""Marks made beside those of others: on a page that was opened before, on a device that kept them without a network."""

from uuid import uuid4

import pytest

from tests.component.booking.sheets import book, today
from tests.factories.booking import BookingTown, refusal_codes
from tests.support.services import RunningService

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


async def test_an_hour_that_changed_since_is_refused_too(service: RunningService, town: BookingTown) -> None:
    sheet = await today(town, await town.family())
    await book(sheet)
    (child_id,) = sheet.children
    noted_at, sent_at = (await service.db.now()).isoformat(), "2026-01-05T08:00:00+01:00"
    await sheet.mark((child_id, "present"), arrived_at=noted_at)
    refused = await sheet.mark((child_id, "present"), arrived_at=sent_at, version=0)
    assert refusal_codes(refused) == [("/marks/0/arrived_at", "hour_changed")]
    assert (await sheet.mark((child_id, "present"), left_at=noted_at, version=0)).status_code == 200


async def test_one_mark_of_a_device_that_cannot_be_noted_does_not_hold_up_the_others(town: BookingTown) -> None:
    """EV-32: the booking was given back while the tablet had no network, and every attempt was refused whole."""
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
