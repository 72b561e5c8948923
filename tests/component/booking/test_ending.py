"""Enrollments that meet, that two homes have, and that an agent ends or shortens."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.booking.events import BookingCancelled, EnrollmentEnded
from tests.component.booking.test_bookings import taken
from tests.factories.booking import BookingTown, refusal_codes
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

REASON = "La famille déménage."


async def end(town: BookingTown, enrollment_id: object, offset: int) -> httpx2.Response:
    """An agent ends an enrollment so many days from today."""
    body = {"from_on": str(await town.day(offset)), "reason": REASON}
    agent = town.service.as_agent(Role.FRONT_DESK)
    return await town.client.post(f"/enrollments/{enrollment_id}/end", json=body, headers=agent)


async def days(town: BookingTown, first: int, last: int) -> dict[str, str]:
    return {"starts_on": str(await town.day(first)), "ends_on": str(await town.day(last))}


async def test_enrollments_that_meet_cover_each_day_once(town: BookingTown) -> None:
    """One until a day, the next from the day after."""
    family = await town.family()
    activity_id = await town.activity()
    slots = await town.open(activity_id, 10, 11, 12, 13)
    await town.enroll(family, activity_id, **await days(town, 0, 11))
    asked = (await town.request_enrollment(family, activity_id, **await days(town, 12, 100))).json()
    overlapping = await town.request_enrollment(family, activity_id, **await days(town, 100, 120))
    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "already_enrolled")

    (row,) = (await town.calendar(family))["rows"]
    assert row["marker"] == "validated"
    assert [(cell["slot_id"], cell["state"]) for cell in row["cells"]] == [
        *((str(slot_id), "bookable") for slot_id in slots[:2]),
        *((str(slot_id), "pending") for slot_id in slots[2:]),
    ]
    early = await town.book(family, *slots[1:3])
    assert refusal_codes(early) == [("/lines/1/slot_id", "enrollment_not_validated")]
    await town.decide(asked["enrollment_id"], is_validated=True)
    assert (await town.book(family, *slots)).status_code == 201
    assert {cell["state"] for cell in await town.cells(family)} == {"booked"}


async def test_two_homes_may_each_enroll_the_same_child(town: BookingTown) -> None:
    activity_id = await town.activity()
    mother = await town.family()
    father = await town.second_home(mother)
    for home in (mother, father):
        asked = await town.request_enrollment(home, activity_id)
        assert (asked.status_code, asked.json()["household_id"]) == (201, str(home.household_id))


async def test_whoever_answers_for_both_homes_says_for_which(town: BookingTown) -> None:
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    family = await town.family()
    other = await town.second_home(family, guardian_id=family.guardian_id)
    agent = town.service.as_agent(Role.FRONT_DESK)
    lines = {"lines": [{"child_id": str(family.child_id), "slot_id": str(slot_id)}]}
    wish = {"child_id": str(family.child_id), "activity_id": str(activity_id)}
    period = {"from_on": str(await town.day(0)), "to_on": str(await town.day(20))}
    for headers in (town.parent(family), agent):
        for path, body in (("/enrollments", wish), ("/bookings", lines)):
            answer = await town.client.post(path, json=body, headers=headers | town.service.key())
            assert_names_both(answer, family.household_id, other.household_id)
        assert_names_both(
            await town.client.get(f"/children/{family.child_id}/activities", headers=headers),
            family.household_id,
            other.household_id,
        )
    assert_names_both(
        await town.client.get("/calendar", params=period, headers=town.parent(family)),
        family.household_id,
        other.household_id,
    )

    await town.enroll(family, activity_id, household_id=str(other.household_id))
    foreign = await town.change(family, [(family.child_id, slot_id)], household_id=uuid4())
    assert (foreign.status_code, refusal_codes(foreign)) == (404, [("/lines/0/child_id", "child_unknown")])
    first = await town.change(family, [(family.child_id, slot_id)], household_id=family.household_id)
    assert refusal_codes(first) == [("/lines/0/slot_id", "not_enrolled")]
    second = await town.change(family, [(family.child_id, slot_id)], household_id=other.household_id)
    assert second.status_code == 201, second.text
    assert second.json()["bookings"][0]["household_id"] == str(other.household_id)


def assert_names_both(answer: httpx2.Response, *household_ids: UUID) -> None:
    """A refusal that names the households by their references."""
    assert (answer.status_code, answer.json()["code"]) == (422, "household_ambiguous")
    assert answer.json()["params"] == {"references": "F-000001, F-000002"}
    ((error),) = answer.json()["errors"]
    assert error["pointer"] == "/household_id"
    assert set(error["params"]["household_ids"]) == {str(household_id) for household_id in household_ids}


async def test_a_shortened_enrollment_takes_its_group_and_bookings_with_it(
    service: RunningService, town: BookingTown
) -> None:
    family = await town.family()
    activity_id = await town.activity()
    before, on, after = await town.open(activity_id, 10, 15, 20)
    enrollment_id = await town.enroll(family, activity_id)
    kept, *lost = [b["booking_id"] for b in (await town.book(family, before, on, after)).json()["bookings"]]

    answer = await end(town, enrollment_id, 15)

    assert answer.status_code == 200, answer.text
    shortened: dict[str, Any] = answer.json()
    assert (shortened["status"], shortened["ends_on"], shortened["end_reason"]) == (
        "validated",
        str(await town.day(14)),
        REASON,
    )
    assert [placement["ends_on"] for placement in shortened["placements"]] == [str(await town.day(14))]
    ended, *cancelled = (await service.outbox())[-3:]
    assert isinstance(ended, EnrollmentEnded)
    assert (ended.enrollment_id, ended.ends_on, ended.cancelled_count) == (enrollment_id, await town.day(14), 2)
    assert REASON.encode() not in ended.payload()
    assert [str(event.booking_id) for event in cancelled if isinstance(event, BookingCancelled)] == lost
    assert [await taken(service, slot_id) for slot_id in (before, on, after)] == [(1, 1), (0, 0), (0, 0)]
    states = {cell["slot_id"]: (cell["state"], cell["reason"]) for cell in await town.cells(family)}
    assert states == {
        str(before): ("booked", None),
        str(on): ("closed", "outside_enrollment"),
        str(after): ("closed", "outside_enrollment"),
    }
    assert [cell["booking_id"] for cell in await town.cells(family, 10, 10)] == [kept]
    again = await town.request_enrollment(family, activity_id, **await days(town, 15, 30))
    assert again.status_code == 201, again.text


async def test_what_the_next_enrollment_has_booked_stays(town: BookingTown) -> None:
    """Two that meet: the first one is cut, and takes nothing of the second with it."""
    family, activity_id = await town.family(), await town.activity()
    slots = await town.open(activity_id, 20, 40)
    first = await town.enroll(family, activity_id, **await days(town, 0, 29))
    await town.enroll(family, activity_id, **await days(town, 30, 60))
    assert (await town.book(family, *slots)).status_code == 201
    assert (await end(town, first, 15)).status_code == 200
    assert [cell["state"] for cell in await town.cells(family)] == ["closed", "booked"]


async def test_who_validated_is_kept_when_an_enrollment_is_cut(service: RunningService, town: BookingTown) -> None:
    """And a request that was cut before its decision keeps both."""
    family, activity_id = await town.family(), await town.activity()
    asked = (await town.request_enrollment(family, activity_id)).json()
    cut = (await end(town, asked["enrollment_id"], 15)).json()
    assert (cut["status"], cut["decided_at"], cut["reason"], cut["end_reason"]) == ("requested", None, None, REASON)
    validated = (await town.decide(UUID(asked["enrollment_id"]), is_validated=True)).json()
    assert (validated["status"], validated["end_reason"]) == ("validated", REASON)
    again = (await end(town, asked["enrollment_id"], 10)).json()
    assert again["decided_at"] == validated["decided_at"]
    row = await service.db.fetch("select decided_by = ended_by as is_same from enrollments where ended_at is not null")
    assert [item["is_same"] for item in row] == [False]


async def test_an_enrollment_that_never_was_leaves_its_days(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    enrollment_id = await town.enroll(family, activity_id, **await days(town, 5, 50))
    answer = await end(town, enrollment_id, 3)
    assert answer.json()["status"] == "ended"
    assert [placement["starts_on"] for placement in answer.json()["placements"]] == [str(await town.day(5))]
    ended = (await service.outbox())[-1]
    assert isinstance(ended, EnrollmentEnded)
    assert ended.ends_on is None
    assert (await town.calendar(family))["rows"] == []
    again = await end(town, enrollment_id, 4)
    assert (again.status_code, again.json()["code"]) == (409, "enrollment_already_decided")
    assert (await town.request_enrollment(family, activity_id, **await days(town, 5, 50))).status_code == 201


async def test_days_that_took_place_are_not_cut_off(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity(cutoff={"days_before": 0, "at": "23:59:59"})
    (slot_id,) = await town.open(activity_id, 1)
    enrollment_id = await town.enroll(family, activity_id)
    await town.book(family, slot_id)
    service.advance(days=1)
    marks = {"marks": [{"child_id": str(family.child_id), "attendance": "present"}]}
    path = f"/slots/{slot_id}/attendance"
    await town.client.put(path, json=marks, headers=town.site_agent)
    assert (await town.client.post(f"{path}/closure", headers=town.site_agent)).status_code == 200

    closed = await end(town, enrollment_id, 0)
    assert (closed.status_code, closed.json()["code"]) == (409, "attendance_closed")
    assert closed.json()["params"] == {"service_on": str(await town.today())}
    assert refusal_codes(await end(town, enrollment_id, -1)) == [("/from_on", "period_passed")]
    assert refusal_codes(await end(town, enrollment_id, 200)) == [("/from_on", "outside_enrollment")]
    assert (await end(town, enrollment_id, 1)).status_code == 200
    assert (await end(town, uuid4(), 1)).status_code == 404
