"""Adults of one file who share an e-mail address, also when an agent enters it later."""

import pytest

from contracts.family.events import HouseholdState
from tests.component.family.desk import Desk
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CO_GUARDIAN = {"civility": "madame", "first_name": "Anne", "last_name": "Martin", "email": "anne@courriel.example"}


async def test_the_adults_of_a_file_may_share_an_email(service: RunningService, desk: Desk) -> None:
    household = await desk.open(co_guardian=CO_GUARDIAN)
    path = f"/adults/{household.adults[1].adult_id}/contact"
    known = (await service.client.get(path, headers=desk.headers)).json()
    body = {"version": known["version"], "phone": known["phone"], "email": "ERIC.legoff@courriel.example"}
    answer = await service.client.put(path, json=body, headers=desk.headers)
    assert answer.status_code == 200, answer.text
    states = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    assert len({str(adult.email).casefold() for adult in states[-1].adults}) == 1
    assert [adult.is_invited for adult in states[-1].adults] == [True, True]
