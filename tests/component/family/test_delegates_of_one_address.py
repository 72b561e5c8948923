"""Delegations to an address at which files invite several adults: which of them is meant, and who keeps the others away."""

from typing import Any
from uuid import UUID

import pytest

from contracts.family.events import DelegateState
from contracts.types import ActorKind
from tests.component.family.delegating import OTHERS, Home, codes, opened
from tests.component.family.desk import Desk
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ADDRESS = "petit@courriel.example"
PAIR: dict[str, Any] = {
    **OTHERS,
    "guardian": {"first_name": "Paul", "last_name": "Petit", "email": ADDRESS},
    "co_guardian": {"civility": "madame", "first_name": "Zélie", "last_name": "Petit", "email": ADDRESS},
}


@pytest.fixture
async def home(service: RunningService, desk: Desk) -> Home:
    """A household of two parents and two children."""
    return await opened(service, desk)


async def test_whoever_is_called_so_is_meant(home: Home, desk: Desk) -> None:
    paul, zelie = (str(adult.adult_id) for adult in (await desk.open(**PAIR)).adults)
    given = await home.given(email=ADDRESS.upper(), first_name="ZELIE", last_name="Petit")
    assert await home.delegate_of(given) == zelie
    assert (await home.give(email=ADDRESS, first_name="Zélie", last_name="Petit")).json()["code"] == "delegation_exists"
    by_name = {"email": ADDRESS, "first_name": "Paul", "last_name": "Petit"}
    assert (await home.give(**by_name)).json()["code"] == "delegation_exists", (
        "of one address there is one, known or not"
    )
    assert await home.delegate_of(await home.given(home.mother_id, **by_name)) == paul
    assert len(await home.held(zelie, ActorKind.PARENT)) == 1, "each sees their own"


async def test_of_a_name_that_nobody_there_has_the_first_is_meant(home: Home, desk: Desk) -> None:
    adults = (await desk.open(**PAIR)).adults
    given = await home.given(email=ADDRESS, first_name="Mamie", last_name="Jo")
    assert UUID(await home.delegate_of(given)) == min(adult.adult_id for adult in adults)


async def test_who_may_not_fetch_a_child_keeps_those_away_who_share_the_account(home: Home, desk: Desk) -> None:
    paul = (await desk.open(**PAIR)).adults[0]
    await home.answers_for(home.child_ids[1], paul.adult_id, "none", role="forbidden_pickup")
    answer = await home.give(email=ADDRESS, first_name="Zélie", last_name="Petit")
    assert (answer.status_code, codes(answer)) == (422, [("/email", "delegate_kept_away")])
    assert (
        await home.give(email=ADDRESS, first_name="Zélie", last_name="Petit", child_ids=home.child_ids[:1])
    ).is_success


async def test_who_gets_a_file_with_others_keeps_what_they_held(home: Home, desk: Desk) -> None:
    given = await home.given(email=ADDRESS, first_name="Zélie", last_name="Petit")
    zelie = (await desk.open(**PAIR)).adults[1]
    await home.service.run_job("follow_people")
    (held,) = await home.held(str(zelie.adult_id), ActorKind.PARENT)
    assert held["delegation_id"] == given["delegation_id"]
    states = len(await home.events(DelegateState))
    await home.service.run_job("follow_people")
    assert len(await home.events(DelegateState)) == states
