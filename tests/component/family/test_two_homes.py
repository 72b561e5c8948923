"""People in several households: a child of two homes, an adult of two files, who pays when, each from a day until a day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.custody import ChildFile
from contracts.family.events import ChildCameOfAge, HouseholdState, ResponsibilityState
from contracts.family.models import Household
from contracts.family.residence import home_on
from tests.component.family.desk import Desk, file_with
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


class Files:
    """What an agent does with opened files."""

    def __init__(self, service: RunningService, desk: Desk) -> None:
        self.service = service
        self._desk = desk

    async def today(self) -> date:
        return await self.service.db.today()

    async def put(self, path: str, **body: Any) -> Any:
        return await self.service.client.put(path, json=body, headers=self._desk.headers)

    async def post(self, path: str, **body: Any) -> Any:
        return await self.service.client.post(path, json=body, headers=self._desk.headers)

    async def two_homes(self) -> tuple[Household, Household]:
        """A child of a first file who has a second home, at the other parent's."""
        first = await self._desk.open()
        second = await self._desk.open(
            guardian={"first_name": "Anne", "last_name": "Martin", "email": "anne@courriel.example"},
            children=[],
            known_child_ids=[str(first.children[0].child_id)],
        )
        return first, second

    async def last(self, kind: type[Any], key: UUID) -> Any:
        """The newest state of something."""
        states = [event for event in await self.service.outbox() if isinstance(event, kind) and event.key == str(key)]
        return states[-1]


@pytest.fixture
def files(service: RunningService, desk: Desk) -> Files:
    return Files(service, desk)


async def test_a_child_has_two_homes_by_a_pattern(files: Files) -> None:
    """Alternating from an anchor date: week 53 of 2026 does not give one parent two weeks running."""
    first, second = await files.two_homes()
    child_id = first.children[0].child_id
    assert [child.child_id for child in second.children] == [child_id]
    anchor = date(2026, 12, 21)
    answer = await files.put(
        f"/children/{child_id}/residence",
        pattern="alternating",
        household_ids=[str(first.household_id), str(second.household_id)],
        anchor_on=str(anchor),
        starts_on=str(max(anchor, await files.today())),
    )
    assert answer.status_code == 200, answer.text
    custody = await files.last(ResponsibilityState, child_id)
    homes = [home_on(custody.residences, anchor + timedelta(days=7 * week)) for week in range(4)]
    assert homes == [first.household_id, second.household_id] * 2
    assert len({item.adult_id for item in custody.responsibilities}) == 2


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"pattern": "alternating", "homes": 1, "anchor_on": "2027-01-04"}, "/household_ids", "homes_do_not_fit"),
        ({"pattern": "single", "homes": 2}, "/household_ids", "homes_do_not_fit"),
        ({"pattern": "alternating", "homes": 2}, "/anchor_on", "anchor_does_not_fit"),
        ({"pattern": "single", "homes": 1, "anchor_on": "2027-01-04"}, "/anchor_on", "anchor_does_not_fit"),
        ({"pattern": "single", "homes": 0}, "/household_ids/0", "child_not_in_household"),
        ({"pattern": "single", "homes": 1, "ends_on": "2026-01-01"}, "/ends_on", "range_reversed"),
    ],
)
async def test_a_residence_that_does_not_hold_together_is_refused(
    files: Files, change: dict[str, Any], pointer: str, code: str
) -> None:
    first, second = await files.two_homes()
    body = dict(change)
    known = [str(first.household_id), str(second.household_id)]
    body["household_ids"] = known[: body.pop("homes")] or [str(uuid4())]
    answer = await files.put(
        f"/children/{first.children[0].child_id}/residence", starts_on=str(await files.today()), **body
    )
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_the_database_refuses_two_residences_on_one_day(files: Files, service: RunningService) -> None:
    """The net under the timeline: rows that overlap cannot be stored, whoever writes them."""
    first, _ = await files.two_homes()
    sql = "insert into residences select child_id, pattern, household_ids, anchor_on, evidence, during from residences"
    with pytest.raises(Exception, match="conflicting key value"):
        await service.db.execute(sql)
    assert first.children


async def test_somebody_leaves_a_household_and_lives_there_no_more(files: Files) -> None:
    """From that day on nothing of the household is theirs."""
    first, second = await files.two_homes()
    child_id, today = first.children[0].child_id, await files.today()
    answer = await files.post(
        f"/households/{first.household_id}/members/{child_id}/end", ends_on=str(today + timedelta(days=9))
    )
    assert answer.status_code == 200, answer.text
    state = await files.last(HouseholdState, first.household_id)
    assert [member.ends_on for member in state.child_members] == [today + timedelta(days=9)]
    custody = await files.last(ResponsibilityState, child_id)
    assert home_on(custody.residences, today + timedelta(days=9)) == first.household_id
    assert home_on(custody.residences, today + timedelta(days=10)) is None
    again = await files.post(
        f"/households/{first.household_id}/members/{child_id}/end", ends_on=str(today + timedelta(days=20))
    )
    assert (again.status_code, again.json()["code"]) == (409, "membership_unknown")
    assert second.children


async def test_an_adult_of_two_households_names_the_one_they_mean(files: Files, service: RunningService) -> None:
    """No default by order: what is ambiguous is refused with both files."""
    first, second = await files.two_homes()
    adult_id = first.adults[0].adult_id
    joined = await files.put(
        f"/households/{second.household_id}/members/{adult_id}", starts_on=str(await files.today())
    )
    assert joined.status_code == 200, joined.text
    headers = service.as_parent(adult_id)
    refused = await service.client.get("/me/household", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "household_ambiguous")
    facts = {"references": f"{first.reference}, {second.reference}"}
    assert refused.json()["params"] == facts
    (field,) = refused.json()["errors"]
    household_ids = [str(household.household_id) for household in (first, second)]
    assert field["params"] == facts | {"household_ids": household_ids}
    own = await service.client.get("/me/households", headers=headers)
    assert [item["household_id"] for item in own.json()["items"]] == [
        str(first.household_id),
        str(second.household_id),
    ]
    named = await service.client.get(f"/me/household?household_id={second.household_id}", headers=headers)
    assert Household.model_validate(named.json()).household_id == second.household_id
    stranger = await service.client.get(
        f"/me/household?household_id={first.household_id}", headers=service.as_parent(second.adults[0].adult_id)
    )
    assert stranger.status_code == 404


async def test_a_membership_begins_on_its_day_and_not_before(files: Files, service: RunningService) -> None:
    first, second = await files.two_homes()
    adult_id, today = first.adults[0].adult_id, await files.today()
    path = f"/households/{second.household_id}/members/{adult_id}"
    assert (await files.put(path, starts_on=str(today + timedelta(days=3)))).status_code == 200
    headers = service.as_parent(adult_id)
    household = f"/households/{second.household_id}"
    assert (await service.client.get(household, headers=headers)).status_code == 404
    emitted = len(await service.outbox())
    service.advance(days=3)
    await service.run_job("turning_households")
    assert (await service.client.get(household, headers=headers)).status_code == 200
    (news,) = (await service.outbox())[emitted:]
    assert isinstance(news, HouseholdState)
    await service.run_job("turning_households")
    assert len(await service.outbox()) == emitted + 1


async def test_who_pays_changes_on_a_day(files: Files) -> None:
    """Until the day before the old payer, from the day on the new one."""
    first, second = await files.two_homes()
    today, adult_id = await files.today(), second.adults[0].adult_id
    path = f"/households/{first.household_id}/payer"
    refused = await files.put(path, adult_id=str(adult_id), starts_on=str(today + timedelta(days=14)))
    assert (refused.status_code, refused.json()["code"]) == (409, "payer_not_a_member")
    await files.put(f"/households/{first.household_id}/members/{adult_id}", starts_on=str(today))
    changed = await files.put(path, adult_id=str(adult_id), starts_on=str(today + timedelta(days=14)))
    assert changed.status_code == 200, changed.text
    state = await files.last(HouseholdState, first.household_id)
    assert [(payer.adult_id, payer.ends_on) for payer in state.payers] == [
        (first.adults[0].adult_id, today + timedelta(days=13)),
        (adult_id, None),
    ]


async def test_whoever_leaves_pays_until_the_last_day(files: Files) -> None:
    """From the day after on nobody pays, until somebody is named; who stays pays as before."""
    first, second = await files.two_homes()
    today, payer_id, other_id = await files.today(), first.adults[0].adult_id, second.adults[0].adult_id
    await files.put(f"/households/{first.household_id}/members/{other_id}", starts_on=str(today))
    for adult_id, offset in ((other_id, 30), (payer_id, 9)):
        left = await files.post(
            f"/households/{first.household_id}/members/{adult_id}/end", ends_on=str(today + timedelta(days=offset))
        )
        assert left.status_code == 200, left.text
    state = await files.last(HouseholdState, first.household_id)
    assert [(payer.adult_id, payer.ends_on) for payer in state.payers] == [(payer_id, today + timedelta(days=9))]


async def test_nobody_answers_for_a_child_of_age(files: Files, service: RunningService, desk: Desk) -> None:
    """The last day is the one before the birthday; later days are refused; the household is told once."""
    today = await files.today()
    birthday = today + timedelta(days=20)
    birth_on = birthday.replace(year=birthday.year - 18)
    child = {"first_name": "Léa", "last_name": "Le Goff", "birth_on": str(birth_on)}
    household = await desk.open(children=[child])
    child_id, adult_id = household.children[0].child_id, household.adults[0].adult_id
    custody = await files.last(ResponsibilityState, child_id)
    assert [item.ends_on for item in custody.responsibilities] == [birthday - timedelta(days=1)]
    path = f"/children/{child_id}/responsibilities/{adult_id}"
    late = await files.put(path, role="guardian", starts_on=str(today), ends_on=str(birthday))
    assert [(error["pointer"], error["code"]) for error in late.json()["errors"]] == [("/ends_on", "after_majority")]
    await service.run_job("comings_of_age")
    before = len(await service.outbox())
    service.advance(days=20)
    for _ in range(2):
        await service.run_job("comings_of_age")
    (news,) = (await service.outbox())[before:]
    assert isinstance(news, ChildCameOfAge)
    assert (news.household_id, news.last_day_on) == (household.household_id, birthday - timedelta(days=1))


async def test_a_known_child_of_age_is_refused_at_its_place_in_the_form(
    files: Files, service: RunningService, desk: Desk
) -> None:
    """It was said of the day from which the file begins, which the form has no field for."""
    birthday = await files.today() + timedelta(days=20)
    older = {"first_name": "Léa", "last_name": "Le Goff", "birth_on": str(birthday.replace(year=birthday.year - 18))}
    first = await desk.open(children=[{**older, "first_name": "Zoé", "birth_on": "2020-01-01"}, older])
    service.advance(days=25)
    known = [str(child.child_id) for child in first.children]
    other = {"last_name": "Autre", "email": "autre@courriel.example"}
    answer = await desk.post(file_with(guardian=other, children=[], known_child_ids=known))
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/known_child_ids/1", "after_majority")
    ]


async def test_what_was_entered_before_stays_in_the_history(files: Files, service: RunningService, desk: Desk) -> None:
    """A judgment that a typing error wrote over was in no table any more."""
    first, _ = await files.two_homes()
    child_id, adult_id, today = first.children[0].child_id, first.adults[0].adult_id, await files.today()
    path = f"/children/{child_id}/responsibilities/{adult_id}"
    for evidence in ("Jugement du 3 mars 2025", "Jugement du 3 mars 2026"):
        entered = await files.put(path, role="guardian", authority="sole", evidence=evidence, starts_on=str(today))
        assert entered.status_code == 200, entered.text
    await files.post(f"/households/{first.household_id}/members/{adult_id}/end", ends_on=str(today))
    history = await service.client.get(f"/history?household_id={first.household_id}", headers=desk.headers)
    entries = {entry["action"]: entry for entry in reversed(history.json()["items"])}
    (former,) = entries["responsibility_changed"]["before"]["former"]
    assert (former["evidence"], former["authority"]) == ("Jugement du 3 mars 2025", "sole")
    assert former["starts_on"] == str(today)
    assert [item["ends_on"] for item in entries["household_left"]["before"]["former"]] == [None]


async def test_authority_that_ends_leaves_the_days_before(files: Files) -> None:
    """Lost on a day, it counts until the day before; a role that was never held cannot end."""
    first, _ = await files.two_homes()
    child_id, adult_id, today = first.children[0].child_id, first.adults[0].adult_id, await files.today()
    path = f"/children/{child_id}/responsibilities/{adult_id}"
    ended = await files.post(f"{path}/end", role="guardian", ends_on=str(today + timedelta(days=4)))
    file = ChildFile.model_validate(ended.json())
    assert [item.ends_on for item in file.responsibilities if item.adult_id == adult_id] == [today + timedelta(days=4)]
    never = await files.post(f"{path}/end", role="pickup", ends_on=str(today))
    assert [error["code"] for error in never.json()["errors"]] == ["responsibility_unknown"]


async def test_a_refused_file_costs_no_number(files: Files, desk: Desk) -> None:
    """F-000003, then F-000006."""
    first = await desk.open()
    assert (await desk.post({**_other(), "children": []})).status_code == 422
    second = await desk.open(**_other())
    assert (first.reference, second.reference) == ("F-000001", "F-000002")


def _other() -> dict[str, Any]:
    child = {"first_name": "Ada", "last_name": "Okafor", "birth_on": "2019-11-02"}
    adult = {"civility": "madame", "first_name": "Ngozi", "last_name": "Okafor", "email": "ngozi@courriel.example"}
    return {
        "guardian": adult,
        "address": {"street": "3 impasse du Moulin", "postal_code": "14000", "city": "Valmont-sur-Orne"},
        "children": [child],
    }


async def test_finance_sees_no_custody(files: Files, service: RunningService) -> None:
    """As far as custody goes: it is for those who keep files."""
    first, _ = await files.two_homes()
    path = f"/children/{first.children[0].child_id}/custody"
    assert (await service.client.get(path, headers=service.as_agent(Role.FINANCE))).status_code == 403
    assert (await service.client.get(path, headers=service.as_agent(Role.FRONT_DESK))).status_code == 200
