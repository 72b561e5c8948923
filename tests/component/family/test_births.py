"""Children who are expected: noted before their birth, the same child afterwards, and asked after when nothing is heard."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.events import ChildState, HouseholdState, ResponsibilityState
from contracts.family.models import Household
from services.family.births.domain import last_expected_on
from tests.component.family.desk import Desk, file_with
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def expecting(service: RunningService, desk: Desk, in_days: int = 90, **fields: Any) -> Household:
    """A file whose one child is expected."""
    child = {"last_name": "Le Goff", "expected_on": str(await service.db.today() + timedelta(days=in_days)), **fields}
    return await desk.open(children=[], expected_children=[child])


async def born(service: RunningService, child_id: Any, birth_on: date, **fields: Any) -> Any:
    body = {"first_name": "Maël", "last_name": "Le Goff", "birth_on": str(birth_on), **fields}
    return await service.client.post(
        f"/children/{child_id}/birth", json=body, headers=service.as_agent(Role.FRONT_DESK)
    )


async def silent(service: RunningService) -> dict[str, bool]:
    """The children who are expected, and whether nothing was heard of each for too long."""
    answer = await service.client.get("/expected-children", headers=service.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    return {item["child_id"]: item["is_silent"] for item in answer.json()["items"]}


async def test_an_expected_child_is_the_same_child_once_it_is_born(service: RunningService, desk: Desk) -> None:
    """No name is needed before; name, birth, age of majority and search are the real ones afterwards, in every state; noted once."""
    household = await expecting(service, desk)
    (child,) = household.children
    assert (child.first_name, child.is_expected) == ("Bébé", True)
    service.advance(days=80)
    day = await service.db.today()
    answer = await born(service, child.child_id, day)
    assert answer.status_code == 200, answer.text
    after = Household.model_validate(
        (await service.client.get(f"/households/{household.household_id}", headers=desk.headers)).json()
    )
    (now,) = after.children
    assert (now.child_id, now.first_name, now.birth_on, now.is_expected) == (child.child_id, "Maël", day, False)
    events = await service.outbox()
    states = [event for event in events if isinstance(event, ChildState)]
    assert [(state.child_id, state.first_name, state.is_expected) for state in states] == [
        (child.child_id, "Bébé", True),
        (child.child_id, "Maël", False),
    ]
    custody = [event for event in events if isinstance(event, ResponsibilityState)][-1]
    assert {tie.ends_on for tie in custody.responsibilities} == {day.replace(year=day.year + 18) - timedelta(days=1)}
    home = [event for event in events if isinstance(event, HouseholdState)][-1]
    assert [member.name for member in home.child_members] == ["Maël"]
    search = await service.client.get("/households", params={"search": "mael"}, headers=desk.headers)
    assert [item["reference"] for item in search.json()["items"]] == [household.reference]
    history = await service.client.get(
        "/history", params={"household_id": str(household.household_id)}, headers=desk.headers
    )
    assert [entry["action"] for entry in history.json()["items"]] == ["birth_registered", "household_opened"]


async def test_a_birth_is_registered_once(service: RunningService, desk: Desk) -> None:
    """The same birth sent again changes nothing; another one is refused, also when two agents are at it at once."""
    (child,) = (await expecting(service, desk)).children
    today = await service.db.today()
    names = ("Maël", "Mael", "Malo")
    answers = await asyncio.gather(*(born(service, child.child_id, today, first_name=name) for name in names))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    mark = len(await service.outbox())
    (done,) = [answer.json() for answer in answers if answer.status_code == 200]
    again = await born(service, child.child_id, today, first_name=done["first_name"])
    assert (again.status_code, again.json()) == (200, done)
    refused = await born(service, child.child_id, today - timedelta(days=1), first_name=done["first_name"])
    assert (refused.status_code, refused.json()["code"]) == (409, "child_already_born")
    assert len(await service.outbox()) == mark


async def test_a_birth_is_no_birth_to_come(service: RunningService, desk: Desk) -> None:
    (child,) = (await expecting(service, desk)).children
    refused = await born(service, child.child_id, await service.db.today() + timedelta(days=1))
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [
        ("/birth_on", "birth_in_future")
    ]
    refused = await born(service, child.child_id, await service.db.today(), first_name="...")
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [("/first_name", "no_letter")]
    assert (await born(service, uuid4(), await service.db.today())).status_code == 404


async def test_an_agent_is_to_ask_when_nothing_is_heard_for_45_days(service: RunningService, desk: Desk) -> None:
    """Expected on 1 March, a task from 15 April on; whoever left the file, or was born, is asked after no more."""
    first = (await expecting(service, desk, in_days=1)).children[0]
    second = (await expecting(service, desk, in_days=2, first_name="Lou")).children[0]
    service.advance(days=45)
    assert await silent(service) == {str(first.child_id): False, str(second.child_id): False}
    service.advance(days=1)
    assert await silent(service) == {str(first.child_id): True, str(second.child_id): False}
    assert (await born(service, first.child_id, await service.db.today() - timedelta(days=3))).status_code == 200
    assert list(await silent(service)) == [str(second.child_id)]


@pytest.mark.parametrize(
    ("days", "fields", "fault"),
    [
        (-1, {}, ("/expected_children/0/expected_on", "expected_day_out_of_range")),
        (400, {}, ("/expected_children/0/expected_on", "expected_day_out_of_range")),
        (30, {"first_name": "..."}, ("/expected_children/0/first_name", "no_letter")),
    ],
)
async def test_a_birth_is_expected_ten_months_ahead_at_most(
    service: RunningService, desk: Desk, days: int, fields: dict[str, str], fault: tuple[str, str]
) -> None:
    expected_on = str(await service.db.today() + timedelta(days=days))
    child = {"last_name": "Le Goff", "expected_on": expected_on, **fields}
    answer = await desk.post(file_with(children=[], expected_children=[child]))
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [fault]


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 5, 1), date(2027, 3, 1)),
        (date(2026, 4, 30), date(2027, 2, 28)),
        (date(2027, 4, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 10, 31)),
        (date(2026, 2, 28), date(2026, 12, 28)),
    ],
)
def test_ten_months_ahead_are_counted_by_the_calendar(today: date, last: date) -> None:
    assert last_expected_on(today) == last


async def test_one_expected_child_turns_out_to_be_twins(service: RunningService, desk: Desk) -> None:
    """Both in the file, of one custody, each with a state and an id of its own; sent again, nobody is added."""
    household = await expecting(service, desk)
    (child,) = household.children
    service.advance(days=80)
    day, twins = await service.db.today(), [{"first_name": "Nina"}, {"first_name": "Zoé", "last_name": "Le Goff Roy"}]
    repeated = await born(service, child.child_id, day, twins=[{"first_name": "mael"}])
    assert [(error["pointer"], error["code"]) for error in repeated.json()["errors"]] == [
        ("/twins/0/first_name", "child_repeated")
    ]
    for _ in range(2):
        answer = await born(service, child.child_id, day, twins=twins)
        assert answer.status_code == 200, answer.text
    path = f"/households/{household.household_id}"
    file = (await service.client.get(path, headers=desk.headers)).json()
    names = [(item["first_name"], item["last_name"], item["birth_on"]) for item in file["children"]]
    assert names == [("Maël", "Le Goff", str(day)), ("Nina", "Le Goff", str(day)), ("Zoé", "Le Goff Roy", str(day))]
    assert file["children"][0]["child_id"] == str(child.child_id), "what was asked for the expected child stays its own"
    events = await service.outbox()
    custody = {event.child_id: event for event in events if isinstance(event, ResponsibilityState)}
    expected, *others = [custody[UUID(item["child_id"])] for item in file["children"]]
    for other in others:
        assert other.responsibilities == expected.responsibilities
        assert other.residences == expected.residences
    assert await silent(service) == {}
    (act,) = await service.db.fetch("select before, after from history where action = 'birth_registered'")
    assert act["after"] is not None
    parent = service.as_parent(household.adults[0].adult_id)
    listed = (await service.client.get("/me/children", headers=parent)).json()["items"]
    assert len(listed) == 3, "the parent answers for each"
