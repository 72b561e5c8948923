"""A child of two homes by turns: what is entered at the route, what the homes read of it, and what neither reads of the other."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.family.custody import ChildFile, ChildWithTurns
from contracts.family.events import ResponsibilityState
from contracts.family.models import Household
from contracts.family.residence import home_on
from contracts.http import Page
from tests.component.family.test_two_homes import Files, files  # noqa: F401 - a fixture
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EVIDENCE = "RG 25/00417, pension de 180 euros"


class Turns:
    """A child of two homes, and what is entered and read of it."""

    def __init__(self, desk_files: Files, first: Household, second: Household) -> None:
        self.files, self.first, self.second = desk_files, first, second
        self.child_id = first.children[0].child_id
        self.homes = [str(first.household_id), str(second.household_id)]

    async def residence(self, **fields: Any) -> Any:
        """Enter a residence from today on."""
        body = {"pattern": "week_parity", "household_ids": self.homes, "starts_on": str(await self.files.today())}
        return await self.files.put(f"/children/{self.child_id}/residence", **(body | fields))

    async def by_hand(self, household_id: str | None, starts_on: date, ends_on: date) -> Any:
        """Enter days by hand."""
        body = {"household_id": household_id, "starts_on": str(starts_on), "ends_on": str(ends_on)}
        return await self.files.put(f"/children/{self.child_id}/home-days", **body)

    async def seen_by(self, household: Household) -> Any:
        """What the first adult of a home is told."""
        service = self.files.service
        return await service.client.get("/children-in-turns", headers=service.as_parent(household.adults[0].adult_id))

    async def stays(self, household: Household) -> list[tuple[date, bool | None]]:
        """The first day of each stay, and whether it is here."""
        (child,) = Page[ChildWithTurns].model_validate((await self.seen_by(household)).json()).items
        return [(stay.starts_on, stay.is_here) for stay in child.stays]


@pytest.fixture
async def turns(files: Files) -> Turns:  # noqa: F811 - the fixture
    first, second = await files.two_homes()
    return Turns(files, first, second)


async def test_both_homes_read_the_same_days_each_from_its_side(turns: Turns) -> None:
    entered = await turns.residence(change_weekday=5, change_hour="16:30", evidence_kind="judgment", evidence=EVIDENCE)
    assert entered.status_code == 200, entered.text
    mine, theirs = await turns.stays(turns.first), await turns.stays(turns.second)
    assert [day for day, _ in mine] == [day for day, _ in theirs]
    assert [here for _, here in mine] == [not here for _, here in theirs]
    assert all(day.isoweekday() == 5 for day, _ in mine[1:])
    for answer, other in (
        (await turns.seen_by(turns.first), turns.second),
        (await turns.seen_by(turns.second), turns.first),
    ):
        assert "16:30" in answer.text
        for secret in (str(other.household_id), other.reference, other.adults[0].first_name, EVIDENCE, "judgment"):
            assert secret not in answer.text


async def test_a_child_of_one_home_has_no_turns_to_tell(turns: Turns) -> None:
    assert (await turns.residence(pattern="single", household_ids=turns.homes[:1])).status_code == 200
    for household in (turns.first, turns.second):
        assert (await turns.seen_by(household)).json()["items"] == []


async def test_days_by_hand_are_published_and_told(turns: Turns) -> None:
    """They are there for whoever decides who pays, and gone with a word."""
    await turns.residence(change_weekday=1)
    day = await turns.files.today() + timedelta(days=10)
    before = home_on((await _published(turns)).residences, day)
    other = turns.homes[0] if str(before) == turns.homes[1] else turns.homes[1]
    swapped = await turns.by_hand(other, day, day)
    assert [stay.starts_on for stay in ChildFile.model_validate(swapped.json()).swaps] == [day]
    assert str(home_on((await _published(turns)).residences, day)) == other
    assert (day, str(turns.first.household_id) == other) in await turns.stays(turns.first)
    assert (await turns.by_hand(None, day, day)).status_code == 200
    assert home_on((await _published(turns)).residences, day) == before


async def _published(turns: Turns) -> ResponsibilityState:
    state = await turns.files.last(ResponsibilityState, turns.child_id)
    assert isinstance(state, ResponsibilityState)
    return state


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"starts_on": "2027-01-10", "ends_on": "2027-01-09"}, "/ends_on", "range_reversed"),
        ({"starts_on": "2027-01-10", "ends_on": "2027-04-09"}, "/ends_on", "swap_too_long"),
        (
            {
                "starts_on": "2027-01-10",
                "ends_on": "2027-01-11",
                "household_id": "0199a3c1-7b20-7c4e-9d11-2f6a5c8e0b01",
            },
            "/household_id",
            "child_not_in_household",
        ),
    ],
)
async def test_days_by_hand_that_do_not_hold_together_are_refused(
    turns: Turns, body: dict[str, str], pointer: str, code: str
) -> None:
    answer = await turns.files.put(f"/children/{turns.child_id}/home-days", **body)
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"evidence_on": "2026-01-04"}, "/evidence_kind", "missing"),
        ({"evidence_kind": "judgment", "evidence_on": "2027-01-04"}, "/evidence_on", "evidence_in_future"),
        ({"pattern": "fortnight", "anchor_on": "2027-01-04"}, "/second_home_days", "fortnight_does_not_fit"),
    ],
)
async def test_an_entry_that_lacks_something_is_refused(
    turns: Turns, fields: dict[str, str], pointer: str, code: str
) -> None:
    answer = await turns.residence(**fields)
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_halves_of_holidays_are_of_the_town_s_zone(turns: Turns) -> None:
    answer = await turns.residence(holidays_even_first_id=turns.homes[0])
    assert answer.status_code == 200, answer.text
    (residence,) = (await _published(turns)).residences
    assert residence.holidays is not None
    assert (residence.holidays.zone, str(residence.holidays.even_first_id)) == ("B", turns.homes[0])


async def test_a_guardian_whom_a_decision_keeps_out_is_told_nothing(turns: Turns, service: RunningService) -> None:
    """Authority of neither, from today on."""
    await turns.residence()
    adult_id = turns.second.adults[0].adult_id
    assert len(await turns.stays(turns.second)) > 1
    blocked = await turns.files.put(
        f"/children/{turns.child_id}/responsibilities/{adult_id}",
        role="guardian",
        authority="none",
        evidence_kind="judgment",
        evidence=EVIDENCE,
        starts_on=str(await turns.files.today()),
    )
    assert blocked.status_code == 200, blocked.text
    assert (await turns.seen_by(turns.second)).json()["items"] == []
    assert len(await turns.stays(turns.first)) > 1


async def test_a_family_s_history_says_that_custody_changed_and_not_on_what_it_rests(turns: Turns) -> None:
    """The evidence and the other home stood in the history of both."""
    await turns.residence(evidence_kind="judgment", evidence=EVIDENCE)
    service = turns.files.service
    for own, other in ((turns.first, turns.second), (turns.second, turns.first)):
        history = await service.client.get("/history", headers=service.as_parent(own.adults[0].adult_id))
        assert "residence_changed" in history.text
        assert EVIDENCE not in history.text
        assert str(other.household_id) not in history.text
