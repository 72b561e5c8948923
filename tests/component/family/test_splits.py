"""A file that becomes two: who goes, who stays, who pays, where children live, and what whoever left still reads."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.family.custody import ChildFile
from contracts.family.events import HouseholdState, QuotientState, ResponsibilityState
from contracts.family.models import Household
from contracts.family.splits import SplitPreview
from tests.component.family.desk import Desk
from tests.component.family.test_memberships import CHILDREN, CO_GUARDIAN
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ADDRESS = {"street": "8 quai des Forges", "postal_code": "14000", "city": "Valmont-sur-Orne"}
DAY = date(2026, 9, 15)


class Parting:
    """Two adults with two children and a quotient, of whom the second adult leaves."""

    def __init__(self, service: RunningService, desk: Desk, file: Household) -> None:
        self.service, self.file, self.headers = service, file, desk.headers
        self.stays, self.goes = file.adults
        self.lea, self.tom = file.children
        self.path = f"/households/{file.household_id}"

    def wish(self, **changes: Any) -> dict[str, Any]:
        """Léa goes along, Tom is a child of both; changed so."""
        return {
            "adult_ids": [str(self.goes.adult_id)],
            "children": [
                {"child_id": str(self.lea.child_id), "place": "new"},
                {"child_id": str(self.tom.child_id), "place": "both"},
            ],
            "from_on": str(DAY),
            "address": ADDRESS,
            "payer_adult_id": str(self.goes.adult_id),
            **changes,
        }

    async def preview(self, wish: dict[str, Any]) -> SplitPreview:
        answer = await self.service.client.post(f"{self.path}/split-previews", json=wish, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return SplitPreview.model_validate_json(answer.content)

    async def split(self, wish: dict[str, Any], key: dict[str, str] | None = None, fingerprint: str = "") -> Any:
        shown = fingerprint or (await self.preview(wish)).fingerprint
        headers = self.headers | (key or self.service.key())
        return await self.service.client.post(
            f"{self.path}/splits", json=wish | {"fingerprint": shown}, headers=headers
        )

    async def new(self, **changes: Any) -> Household:
        answer = await self.split(self.wish(**changes))
        assert answer.status_code == 201, answer.text
        return Household.model_validate_json(answer.content)

    async def read(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return await self.service.client.get(path, headers=headers or self.headers)


@pytest.fixture
async def parting(service: RunningService, desk: Desk) -> Parting:
    quotient = {"value_cents": 80_000, "effective_on": "2026-09-01"}
    return Parting(service, desk, await desk.open(co_guardian=CO_GUARDIAN, children=CHILDREN, quotient=quotient))


async def test_the_preview_says_who_is_where_and_changes_nothing(parting: Parting) -> None:
    before = len(await parting.service.outbox())
    shown = await parting.preview(parting.wish())
    assert shown.former.adult_names == ("Éric Le Goff-Œuvrard",)
    assert shown.former.child_names == ("Tom",)
    assert shown.former.payer_name == "Éric Le Goff-Œuvrard"
    assert shown.new.adult_names == ("Anne Martin",)
    assert shown.new.child_names == ("Léa", "Tom")
    assert shown.new.payer_name == "Anne Martin"
    assert shown.children_to_place == ("Tom",), "two homes: an agent says when it is where"
    assert len(await parting.service.outbox()) == before


async def test_a_split_is_one_commit(parting: Parting) -> None:
    new = await parting.new()
    assert new.address.lines == ("8 quai des Forges",)
    assert new.quotient is None
    assert {adult.adult_id for adult in new.adults} == {parting.goes.adult_id}
    assert all(adult.starts_on == DAY for adult in new.adults)
    events = await parting.service.outbox()
    states = {event.household_id: event for event in events if isinstance(event, HouseholdState)}
    former, begun = states[parting.file.household_id], states[new.household_id]
    assert begun.payers[0].adult_id == parting.goes.adult_id
    assert {member.person_id: member.ends_on for member in former.adult_members} == {
        parting.stays.adult_id: None,
        parting.goes.adult_id: DAY - timedelta(days=1),
    }
    assert {member.person_id: member.ends_on for member in former.child_members} == {
        parting.lea.child_id: DAY - timedelta(days=1),
        parting.tom.child_id: None,
    }
    assert not any(isinstance(event, QuotientState) and event.household_id == new.household_id for event in events)
    homes = {event.child_id: event.residences for event in events if isinstance(event, ResponsibilityState)}
    assert [home.household_ids for home in homes[parting.lea.child_id]] == [
        (parting.file.household_id,),
        (new.household_id,),
    ]
    assert [home.household_ids for home in homes[parting.tom.child_id]] == [(parting.file.household_id,)]
    acts = await parting.service.db.fetch("select household_id from history where action = 'household_split'")
    assert {act["household_id"] for act in acts} == {parting.file.household_id, new.household_id}


async def test_authority_is_what_it_was(parting: Parting) -> None:
    await parting.new()
    custody = ChildFile.model_validate_json((await parting.read(f"/children/{parting.tom.child_id}/custody")).content)
    assert {item.adult_id for item in custody.responsibilities} == {parting.stays.adult_id, parting.goes.adult_id}
    assert {item.authority.value for item in custody.responsibilities} == {"joint"}


async def test_once_by_its_key_and_once_by_what_was_shown(parting: Parting) -> None:
    wish, key = parting.wish(), parting.service.key()
    shown = (await parting.preview(wish)).fingerprint
    answers = await asyncio.gather(*(parting.split(wish, key, shown) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["household_id"] for answer in answers}) == 1
    again = await parting.split(wish, fingerprint=shown)
    assert (again.status_code, again.json()["code"]) == (409, "split_outdated")


async def test_two_agents_split_one_file_at_once(parting: Parting) -> None:
    wish = parting.wish()
    shown = (await parting.preview(wish)).fingerprint
    answers = await asyncio.gather(*(parting.split(wish, fingerprint=shown) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await parting.service.db.fetchval("select count(*) from households") == 2


async def test_whoever_paid_leaves_a_payer_behind(parting: Parting) -> None:
    payer = str(parting.stays.adult_id)
    wish = parting.wish(adult_ids=[payer], payer_adult_id=payer)
    refused = await parting.service.client.post(f"{parting.path}/split-previews", json=wish, headers=parting.headers)
    assert refused.json()["errors"][0]["pointer"] == "/former_payer_id", refused.text
    shown = await parting.preview(wish | {"former_payer_id": str(parting.goes.adult_id)})
    assert shown.former.payer_name == "Anne Martin"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"adult_ids": "everybody"}, "/adult_ids", "nobody_stays"),
        ({"adult_ids": "child"}, "/adult_ids", "not_there_by_then"),
        ({"payer_adult_id": "stays"}, "/payer_adult_id", "payer_not_leaving"),
        ({"former_payer_id": "goes"}, "/former_payer_id", "payer_not_staying"),
        ({"from_on": "2028-01-01"}, "/from_on", "split_day_out_of_range"),
        ({"from_on": "2026-08-15"}, "/adult_ids", "not_there_by_then"),
        ({"children": "twice"}, "/children", "not_there_by_then"),
    ],
)
async def test_what_does_not_hold_is_refused_at_its_field(
    parting: Parting, changes: dict[str, str], pointer: str, code: str
) -> None:
    stays, goes, lea = str(parting.stays.adult_id), str(parting.goes.adult_id), str(parting.lea.child_id)
    values: dict[str, Any] = {
        "everybody": [stays, goes],
        "child": [lea],
        "stays": stays,
        "goes": goes,
        "twice": [{"child_id": lea, "place": "new"}, {"child_id": lea, "place": "both"}],
    }
    wish = parting.wish(**{name: values.get(value, value) for name, value in changes.items()})
    answer = await parting.service.client.post(f"{parting.path}/split-previews", json=wish, headers=parting.headers)
    assert answer.status_code == 422, answer.text
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


async def test_from_that_day_on_each_reads_their_own_file(parting: Parting) -> None:
    """The day before, the leaver reads the former file; from the day on, the new one alone, and nothing of where they are is said at home."""
    service, goes, stays = parting.service, parting.goes.adult_id, parting.stays.adult_id
    new = await parting.new()
    former = parting.file.household_id
    assert (await parting.read(f"/households/{former}", service.as_parent(goes))).status_code == 200
    assert (await parting.read(f"/households/{new.household_id}", service.as_parent(goes))).status_code == 404
    service.advance(days=14)
    assert (await parting.read(f"/households/{former}", service.as_parent(goes))).status_code == 404
    assert (await parting.read(f"/households/{new.household_id}", service.as_parent(goes))).status_code == 200
    assert (await parting.read(f"/history?household_id={former}", service.as_parent(goes))).status_code == 404
    assert (await parting.read(f"/households/{new.household_id}", service.as_parent(stays))).status_code == 404
    history = (await parting.read(f"/history?household_id={former}", service.as_parent(stays))).text
    assert str(new.household_id) not in history
    assert "Forges" not in history
    assert new.reference not in history


async def test_delegations_of_the_leaver_end(parting: Parting) -> None:
    service = parting.service
    wish = {
        "first_name": "Rose",
        "last_name": "Appui",
        "email": "rose@courriel.example",
        "child_ids": [str(parting.tom.child_id)],
        "acts": ["calendar.read"],
        "ends_on": "2026-12-01",
    }
    given = await service.client.post(
        "/delegations", json=wish, headers=service.as_parent(parting.goes.adult_id) | service.key()
    )
    assert given.status_code == 201, given.text
    assert (await parting.preview(parting.wish())).ended_delegation_count == 1
    await parting.new()
    service.advance(days=14)
    await service.run_job("follow_people")
    assert await service.db.fetchval("select ending from delegations") is not None
