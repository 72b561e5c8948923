"""Adults who come to a file that exists, as agents add them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from contracts.family.events import HouseholdState, ResponsibilityState
from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def joins(service: RunningService, household: Household, **fields: Any) -> Any:
    """The answer to an agent who adds an adult, who answers for every child, to a file that exists."""
    adult = {"civility": "madame", "first_name": "Anna", "last_name": "Roux", "email": "anna@courriel.example"}
    child_ids = [str(child.child_id) for child in household.children]
    body = {"household_id": str(household.household_id), "adult": adult | fields, "child_ids": child_ids}
    headers = service.as_agent(Role.FRONT_DESK) | service.key()
    return await service.client.post("/adults", json=body, headers=headers)


async def test_an_adult_comes_to_a_file_that_exists(service: RunningService, desk: Desk) -> None:
    """They are invited, and answer for the children that are named; added twice, also at once, they are refused."""
    household = await desk.open()
    answers = await asyncio.gather(*(joins(service, household) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]
    assert {answer.json().get("code") for answer in answers} == {None, "adult_of_file"}
    path = f"/households/{household.household_id}"
    after = Household.model_validate((await service.client.get(path, headers=desk.headers)).json())
    anna = next(adult for adult in after.adults if adult.first_name == "Anna")
    events = await service.outbox()
    state = [event for event in events if isinstance(event, HouseholdState)][-1]
    assert [adult.is_invited for adult in state.adults] == [True, True]
    custody = [event for event in events if isinstance(event, ResponsibilityState)][-1]
    assert anna.adult_id in [item.adult_id for item in custody.responsibilities]


async def test_an_adult_of_another_file_is_the_same_person_in_both(service: RunningService, desk: Desk) -> None:
    first = await desk.open()
    other = {"first_name": "Anna", "last_name": "Roux", "email": "anna@courriel.example", "civility": "madame"}
    child = {"first_name": "Zoé", "last_name": "Roux", "birth_on": "2017-05-03"}
    second = await desk.open(guardian=other, children=[child])
    answer = await joins(service, first, email="ANNA@courriel.example", last_name="ROUX")
    assert answer.status_code == 201, answer.text
    ids = [adult["adult_id"] for adult in answer.json()["adults"]]
    assert ids == [str(first.adults[0].adult_id), str(second.adults[0].adult_id)]


async def test_an_adult_without_a_name_and_a_child_of_others_are_refused_at_the_field(
    service: RunningService, desk: Desk
) -> None:
    household = await desk.open()
    answer = await joins(service, household, first_name="...")
    assert [item["pointer"] for item in answer.json()["errors"]] == ["/adult/first_name"]
    stranger = household.model_copy(update={"children": household.children[:0]})
    body = {"household_id": str(household.household_id), "child_ids": [str(uuid4())]}
    body |= {"adult": {"civility": "none", "first_name": "Ana", "last_name": "Roux"}}
    headers = service.as_agent(Role.FRONT_DESK) | service.key()
    refused = await service.client.post("/adults", json=body, headers=headers)
    assert [item["code"] for item in refused.json()["errors"]] == ["child_not_a_member"]
    assert (await joins(service, stranger, email=None)).status_code == 201, "a partner who is no parent"
