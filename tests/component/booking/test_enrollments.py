"""Asking for an enrollment and deciding it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from chassis.data.paging import cursor_of
from contracts.booking.events import EnrollmentRefused, EnrollmentRequested, EnrollmentValidated
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_a_request_is_decided_and_told(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    wished = {"starts_on": str(await town.day(1)), "ends_on": str(await town.day(90))}
    answer = await town.request_enrollment(family, activity_id, **wished)
    assert answer.status_code == 201, answer.text
    asked = answer.json()
    assert asked["status"] == "requested"
    assert {name: asked[name] for name in wished} == wished
    assert (asked["child_first_name"], asked["activity_label"]) == ("Lina 1", "Centre de loisirs")

    decided = (await town.decide(asked["enrollment_id"], is_validated=True)).json()
    assert decided["status"] == "validated"
    assert decided["decided_at"] is not None
    requested, validated = (await service.outbox())[-2:]
    assert isinstance(requested, EnrollmentRequested)
    assert isinstance(validated, EnrollmentValidated)
    assert str(validated.enrollment_id) == asked["enrollment_id"]
    assert str(validated.ends_on) == wished["ends_on"]


async def test_the_activity_s_own_dates_are_the_default(town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    asked = (await town.request_enrollment(family, activity_id)).json()
    assert (asked["starts_on"], asked["ends_on"]) == (str(await town.day(-30)), str(await town.day(200)))


async def test_a_refusal_needs_a_reason_and_keeps_it_out_of_the_event(
    service: RunningService, town: BookingTown
) -> None:
    family = await town.family()
    enrollment_id = (await town.request_enrollment(family, await town.activity())).json()["enrollment_id"]
    silent = await town.decide(enrollment_id, is_validated=False)
    assert (silent.status_code, refusal_codes(silent)) == (422, [("/reason", "missing")])
    refused = await town.decide(enrollment_id, is_validated=False, reason="Il manque le vaccin.")
    assert (refused.json()["status"], refused.json()["reason"]) == ("refused", "Il manque le vaccin.")
    event = (await service.outbox())[-1]
    assert isinstance(event, EnrollmentRefused)
    assert b"vaccin" not in event.payload()


async def test_a_decision_stands_and_is_taken_once(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    enrollment_id = (await town.request_enrollment(family, await town.activity())).json()["enrollment_id"]
    first = await town.decide(enrollment_id, is_validated=True)
    again = await town.decide(enrollment_id, is_validated=True)
    assert first.json() == again.json()
    other = await town.decide(enrollment_id, is_validated=False, reason="Trop tard.")
    assert (other.status_code, other.json()["code"]) == (409, "enrollment_already_decided")
    assert [type(event) for event in await service.outbox()].count(EnrollmentValidated) == 1
    assert (await town.decide(uuid4(), is_validated=True)).status_code == 404


async def test_one_live_enrollment_for_a_child_and_an_activity(town: BookingTown) -> None:
    family = await town.family(guardians=2)
    activity_id = await town.activity()
    body = {"child_id": str(family.child_id), "activity_id": str(activity_id)}
    answers = await asyncio.gather(
        *(
            town.client.post("/enrollments", json=body, headers=town.parent(family, guardian) | town.service.key())
            for guardian in (0, 1, 0, 1)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_enrolled"}


async def test_after_a_refusal_the_family_may_ask_again(town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    enrollment_id = (await town.request_enrollment(family, activity_id)).json()["enrollment_id"]
    await town.decide(enrollment_id, is_validated=False, reason="Dossier incomplet.")
    assert (await town.request_enrollment(family, activity_id)).status_code == 201


async def test_a_repeated_key_asks_once(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    body = {"child_id": str(family.child_id), "activity_id": str(await town.activity())}
    headers = town.parent(family) | service.key()
    answers = [await town.client.post("/enrollments", json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await service.db.fetchval("select count(*) from enrollments") == 1


@pytest.mark.parametrize(
    ("fields", "status", "codes"),
    [
        ({"starts_on": 5, "ends_on": 4}, 422, [("/ends_on", "range_reversed")]),
        ({"starts_on": -31}, 422, [("/starts_on", "outside_activity")]),
        ({"ends_on": 201}, 422, [("/ends_on", "outside_activity")]),
        ({"ends_on": -1}, 422, [("/ends_on", "period_passed")]),
    ],
)
async def test_dates_that_cannot_be(
    town: BookingTown, fields: dict[str, int], status: int, codes: list[tuple[str, str]]
) -> None:
    family = await town.family()
    dates: dict[str, Any] = {name: str(await town.day(offset)) for name, offset in fields.items()}
    answer = await town.request_enrollment(family, await town.activity(), **dates)
    assert (answer.status_code, refusal_codes(answer)) == (status, codes)


@pytest.mark.parametrize("fields", [{"starts_on": "1000-01-01"}, {"ends_on": 5}, {"child_id": None}, {"extra": 1}])
async def test_a_malformed_request_is_refused(town: BookingTown, fields: dict[str, Any]) -> None:
    family = await town.family()
    answer = await town.request_enrollment(family, await town.activity(), **fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("age", [1, 13])
async def test_a_child_of_another_age_is_refused_with_the_ages(town: BookingTown, age: int) -> None:
    family = await town.family(age=age)
    answer = await town.request_enrollment(family, await town.activity())
    assert (answer.status_code, answer.json()["code"]) == (409, "age_not_accepted")
    assert answer.json()["params"] == {"age_min": 3, "age_max": 11}


async def test_another_s_child_is_not_there(town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    for child_id in (other.child_id, uuid4()):
        answer = await town.request_enrollment(family, activity_id, child_id=str(child_id))
        assert (answer.status_code, refusal_codes(answer)) == (404, [("/child_id", "child_unknown")])
        offers = await town.client.get(f"/children/{child_id}/activities", headers=town.parent(family))
        assert offers.status_code == 404
    unknown = await town.request_enrollment(family, uuid4())
    assert refusal_codes(unknown) == [("/activity_id", "activity_unknown")]


async def test_roles_decide_who_may_do_what(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    enrollment_id = (await town.request_enrollment(family, await town.activity())).json()["enrollment_id"]
    for headers in (town.parent(family), service.as_agent(Role.FINANCE)):
        answer = await town.client.post(
            f"/enrollments/{enrollment_id}/decision", json={"is_validated": True}, headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def listed(town: BookingTown, headers: dict[str, str], **params: object) -> list[str]:
    answer = await town.client.get("/enrollments", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["enrollment_id"] for item in answer.json()["items"]]


async def test_families_see_their_own_and_agents_the_longest_waiting_first(
    service: RunningService, town: BookingTown
) -> None:
    families = [await town.family() for _ in range(2)]
    activities = [await town.activity(label=label) for label in ("Centre de loisirs", "Judo")]

    async def ask(family: Family, activity: int) -> str:
        enrollment_id: str = (await town.request_enrollment(family, activities[activity])).json()["enrollment_id"]
        return enrollment_id

    first, second = await ask(families[0], 0), await ask(families[1], 0)
    third = await ask(families[0], 1)
    await town.decide(second, is_validated=True)
    agent = service.as_agent(Role.FRONT_DESK)
    assert await listed(town, town.parent(families[0])) == [third, first]
    assert await listed(town, agent) == [first, second, third]
    assert await listed(town, agent, status="requested") == [first, third]
    assert await listed(town, agent, cursor=cursor_of([first])) == [second, third]
    assert await listed(town, agent, household_id=str(families[1].household_id)) == [second]
    stolen = await town.client.get(
        "/enrollments", params={"household_id": str(families[1].household_id)}, headers=town.parent(families[0])
    )
    assert stolen.status_code == 404


async def test_offers_say_why_an_activity_is_not_for_a_child(town: BookingTown) -> None:
    family = await town.family(age=7)
    open_id = await town.activity()
    taken_id = await town.activity(label="Judo")
    await town.activity(label="Club ados", age_min=12, age_max=17)
    await town.activity(label="Été dernier", ends_on=str(await town.day(-1)))
    await town.request_enrollment(family, taken_id)

    answer = await town.client.get(f"/children/{family.child_id}/activities", headers=town.parent(family))

    offers = [(offer["activity"]["label"], offer["reason"], offer["params"]) for offer in answer.json()["items"]]
    assert offers == [
        ("Centre de loisirs", None, {}),
        ("Judo", "already_enrolled", {}),
        ("Club ados", "age_not_accepted", {"age_min": "12", "age_max": "17"}),
        ("Été dernier", "period_passed", {}),
    ]
    assert (await town.request_enrollment(family, open_id)).status_code == 201


async def test_namesakes_of_a_site_are_marked_on_whichever_page_they_stand(town: BookingTown) -> None:
    """Another child of the same name at the same site: agents are told, so that the births tell them apart; families are not."""
    activity_id = await town.activity()
    families = [await town.family(name) for name in ("Lina", "Lina", "Noé")]
    for family in families:
        await town.enroll(family, activity_id)
    agent = town.service.as_agent(Role.FRONT_DESK)
    listed = (await town.client.get("/enrollments", headers=agent)).json()["items"]
    assert [(item["child_first_name"], item["has_namesake"]) for item in listed] == [
        ("Lina", True),
        ("Lina", True),
        ("Noé", False),
    ]
    of_one = {"household_id": str(families[0].household_id)}
    (own,) = (await town.client.get("/enrollments", params=of_one, headers=agent)).json()["items"]
    assert own["has_namesake"]
    (read,) = (await town.client.get("/enrollments", params=of_one, headers=town.parent(families[0]))).json()["items"]
    assert not read["has_namesake"]
