"""Who belongs to a household, and who pays for it: said again it changes nothing, and each day on which it turns is news."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.family.events import HouseholdState
from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CO_GUARDIAN = {"civility": "madame", "first_name": "Anne", "last_name": "Martin", "email": "anne@courriel.example"}
CHILDREN = [
    {"first_name": "Léa", "last_name": "Le Goff", "birth_on": "2018-03-04"},
    {"first_name": "Tom", "last_name": "Le Goff", "birth_on": "2020-05-06"},
]


class Members:
    """What an agent does with the members of one household of two adults and two children."""

    def __init__(self, service: RunningService, desk: Desk, household: Household) -> None:
        self.service, self.household = service, household
        self._headers = desk.headers
        self._path = f"/households/{household.household_id}"
        self.payer_id, self.other_id = (adult.adult_id for adult in household.adults)
        self.child_id = household.children[0].child_id

    async def join(self, person_id: UUID, **days: date) -> None:
        await self._send("put", f"members/{person_id}", days)

    async def leave(self, person_id: UUID, last: date) -> None:
        await self._send("post", f"members/{person_id}/end", {"ends_on": last})

    async def pay(self, adult_id: UUID, **days: date) -> None:
        await self._send("put", "payer", {"adult_id": adult_id, **days})

    async def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        fields = {name: str(value) for name, value in body.items()}
        url = f"{self._path}/{path}"
        answer = await self.service.client.request(method, url, json=fields, headers=self._headers)
        assert answer.status_code == 200, answer.text

    async def marks(self) -> tuple[int, int]:
        """How many acts were noted, and how many events told."""
        return await self.service.db.fetchval("select count(*) from history"), len(await self.service.outbox())


@pytest.fixture
async def members(service: RunningService, desk: Desk) -> Members:
    return Members(service, desk, await desk.open(co_guardian=CO_GUARDIAN, children=CHILDREN))


async def test_whoever_joins_again_on_the_same_days_changes_nothing(members: Members) -> None:
    """It put them behind the others, noted an act and told everybody."""
    today, before = await members.service.db.today(), await members.marks()
    for person_id in (members.payer_id, members.child_id):
        await members.join(person_id, starts_on=today)
        await members.join(person_id, starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=30))
    assert await members.marks() == before


async def test_more_days_leave_somebody_at_their_place_in_the_file(members: Members) -> None:
    await members.join(members.payer_id, starts_on=date(2026, 8, 1))
    await members.join(members.child_id, starts_on=date(2026, 8, 1))
    state = [event for event in await members.service.outbox() if isinstance(event, HouseholdState)][-1]
    assert [member.person_id for member in state.adult_members] == [members.payer_id, members.other_id]
    assert [adult.adult_id for adult in state.adults] == [members.payer_id, members.other_id]
    assert state.child_members[0].person_id == members.child_id
    assert state.adult_members[0].starts_on == state.child_members[0].starts_on == date(2026, 8, 1)


async def _a_child_leaves(members: Members, last: date) -> None:
    await members.leave(members.child_id, last)


async def _an_adult_leaves(members: Members, last: date) -> None:
    await members.leave(members.other_id, last)


async def _an_adult_comes_back(members: Members, last: date) -> None:
    await members.leave(members.other_id, last - timedelta(days=90))
    await members.join(members.other_id, starts_on=last + timedelta(days=1))


async def _another_pays(members: Members, last: date) -> None:
    await members.pay(members.other_id, starts_on=last + timedelta(days=1))


async def _another_has_paid(members: Members, last: date) -> None:
    await members.pay(members.other_id, starts_on=last - timedelta(days=90), ends_on=last)


@pytest.mark.parametrize(
    "change", [_a_child_leaves, _an_adult_leaves, _an_adult_comes_back, _another_pays, _another_has_paid]
)
async def test_what_begins_or_ends_on_a_day_is_told_on_that_day_and_once(
    service: RunningService, members: Members, change: Callable[[Members, date], Awaitable[None]]
) -> None:
    """The first day of what begins, and the day after the last of what ends; not the day before, and never again."""
    today = await service.db.today()
    for adult_id in (members.payer_id, members.other_id):
        await members.join(adult_id, starts_on=today - timedelta(days=200))
    await change(members, today + timedelta(days=2))
    emitted = len(await service.outbox())
    news = []
    for _ in range(5):
        await service.run_job("turning_households")
        news.append(len(await service.outbox()) - emitted)
        service.advance(days=1)
    assert news == [0, 0, 0, 1, 1]
    assert isinstance((await service.outbox())[-1], HouseholdState)


async def test_a_job_that_slept_through_a_turn_tells_it_late(service: RunningService, members: Members) -> None:
    await members.leave(members.child_id, await service.db.today() + timedelta(days=2))
    emitted = len(await service.outbox())
    service.advance(days=9)
    for _ in range(2):
        await service.run_job("turning_households")
    assert len(await service.outbox()) == emitted + 1


async def test_households_in_which_nothing_turns_are_not_looked_at(service: RunningService, members: Members) -> None:
    """The job reads what is due by an index, not every household each time."""
    assert await service.db.fetchval("select count(*) from households where next_turn_on is not null") == 0
    await members.leave(members.child_id, date(2026, 9, 30))
    assert await service.db.fetchval("select next_turn_on from households") == date(2026, 10, 1)
