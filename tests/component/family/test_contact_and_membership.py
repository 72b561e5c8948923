"""An adult corrects their details while somebody lets them belong to another household from tomorrow on: that one is told too."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from chassis.data.database import Queries
from contracts.family.events import HouseholdState
from services.family.contacts import commands
from services.family.households.store import households_of_person
from services.family.people import store as people
from tests.component.family.desk import Desk
from tests.support.locks import as_far_as_it_can
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

OTHERS = {"first_name": "Paul", "last_name": "Petit", "email": "paul@courriel.example"}
CHILD = {"first_name": "Zoé", "last_name": "Petit", "birth_on": "2018-03-04"}
NEW = "+32470123456"
JOIN_SQL = """
insert into household_members (household_id, person_id, kind, position, during) values ($1, $2, 'adult', 9, daterange($3, null))
"""


class FirstLook:
    """Of a person's households, what the first of two looks shows."""

    def __init__(self) -> None:
        self._household_ids: list[UUID] | None = None

    async def __call__(self, db: Queries, person_id: UUID) -> list[UUID]:
        if self._household_ids is None:
            self._household_ids = await households_of_person(db, person_id)
        return self._household_ids


@pytest.mark.parametrize("how", ["held", "control_without_a_second_look", "control_without_holding_the_person"])
async def test_a_household_that_somebody_joins_meanwhile_is_told_their_details(
    service: RunningService, desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """From today on, it would be an address that they have not seen, and their correction refused."""
    if how == "control_without_a_second_look":
        monkeypatch.setattr(commands, "households_of_person", FirstLook())
    if how == "control_without_holding_the_person":
        monkeypatch.setattr(people, "HOLD_PERSON_SQL", "select $1::uuid")
    own = await desk.open()
    other = await desk.open(guardian=OTHERS, children=[CHILD])
    adult_id = own.adults[0].adult_id
    path, headers = f"/adults/{adult_id}/contact", service.as_parent(adult_id)
    version = (await service.client.get(path, headers=headers)).json()["version"]
    async with service.db.transaction() as joining:
        await joining.execute(JOIN_SQL, other.household_id, adult_id, date(2026, 9, 2))
        body = {"version": version, "phone": NEW}
        correcting = asyncio.create_task(service.client.put(path, json=body, headers=headers))
        await as_far_as_it_can(service.db, correcting)
    answer = await correcting
    assert answer.status_code == 200, answer.text
    informed = {
        event.household_id
        for event in await service.outbox()
        if isinstance(event, HouseholdState) and NEW in str(event)
    }
    assert informed == ({own.household_id, other.household_id} if how == "held" else {own.household_id})
