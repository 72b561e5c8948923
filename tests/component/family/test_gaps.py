"""What files lack: each list names what is wrong, and nothing of it once it is mended."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from contracts.family.gaps import GapKind
from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.component.family.protecting import Guard, words_in
from tests.component.family.school_office import SchoolOffice
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


class Files:
    """Files, and what the lists say of them."""

    def __init__(self, service: RunningService, desk: Desk) -> None:
        self.service, self.desk, self.headers = service, desk, desk.headers

    async def listed(self, kind: GapKind, **query: Any) -> Any:
        answer = await self.service.client.get(f"/gaps/{kind}", params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def counts(self) -> dict[str, int]:
        answer = await self.service.client.get("/gaps", headers=self.headers)
        return {item["kind"]: item["count"] for item in answer.json()["items"]}

    async def leave(self, file: Household, person_id: Any, last: date) -> None:
        url = f"/households/{file.household_id}/members/{person_id}/end"
        answer = await self.service.client.post(url, json={"ends_on": str(last)}, headers=self.headers)
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def files(service: RunningService, desk: Desk) -> Files:
    return Files(service, desk)


async def _nobody_pays(files: Files, file: Household) -> None:
    await files.leave(file, file.adults[0].adult_id, date(2026, 9, 2))
    files.service.advance(days=2)


async def _child_left(files: Files, file: Household) -> None:
    await files.leave(file, file.children[0].child_id, date(2026, 9, 2))
    files.service.advance(days=2)


async def _nobody_answers(files: Files, file: Household) -> None:
    child, adult = file.children[0].child_id, file.adults[0].adult_id
    url = f"/children/{child}/responsibilities/{adult}/end"
    body = {"role": "guardian", "ends_on": "2026-09-02"}
    answer = await files.service.client.post(url, json=body, headers=files.headers)
    assert answer.status_code == 200, answer.text
    files.service.advance(days=2)


CASES: list[tuple[GapKind, Callable[[Files, Household], Awaitable[None]]]] = [
    (GapKind.NO_PAYER, _nobody_pays),
    (GapKind.NO_HOME, _child_left),
    (GapKind.NO_REPRESENTATIVE, _nobody_answers),
]


@pytest.mark.parametrize(("kind", "spoil"), CASES)
async def test_what_is_missing_is_listed(
    files: Files, kind: GapKind, spoil: Callable[[Files, Household], Awaitable[None]]
) -> None:
    file = await files.desk.open()
    assert set((await files.counts()).values()) == {0}, "a file that was just opened lacks nothing"
    await spoil(files, file)
    (gap,) = (await files.listed(kind))["items"]
    assert gap["reference"] == file.reference
    assert (await files.counts())[kind] == 1
    archived = await files.service.client.post(
        f"/households/{file.household_id}/archive", json={"reason": "Partis."}, headers=files.headers
    )
    assert archived.status_code == 200, archived.text
    assert (await files.counts())[kind] == 0, "a file that is put aside lacks nothing"


async def test_a_child_of_a_school_without_a_class(files: Files) -> None:
    """Named until somebody puts the child in one; who goes to school elsewhere lacks none here."""
    file, office = await files.desk.open(), SchoolOffice(files.service)
    child_id = file.children[0].child_id
    await office.school()
    assert (await office.place(child_id, "ce2")).status_code == 200
    (gap,) = (await files.listed(GapKind.NO_CLASS))["items"]
    assert (gap["reference"], gap["person_id"]) == (file.reference, str(child_id))
    class_id = await office.open_class("CE2 A", ["ce2"])
    assert (await office.place(child_id, "ce2", class_id)).status_code == 200
    assert (await files.counts())[GapKind.NO_CLASS] == 0


async def test_a_child_of_school_age_without_a_school(files: Files) -> None:
    """From the year of three to the end of CM2, once the town has schools; a school elsewhere is one too."""
    office = SchoolOffice(files.service)
    office.be_on(date(2026, 9, 1))
    births = ("2024-01-01", "2023-12-31", "2016-01-01", "2015-12-31")
    children = [
        {"first_name": f"Léo{'abcd'[at]}", "last_name": "Le Goff", "birth_on": day} for at, day in enumerate(births)
    ]
    file = await files.desk.open(children=children)
    assert (await files.counts())[GapKind.NO_SCHOOL] == 0, "a town that keeps no schools asks for none"
    await office.school()
    listed = (await files.listed(GapKind.NO_SCHOOL))["items"]
    assert [gap["person_name"] for gap in listed] == ["Léob Le Goff", "Léoc Le Goff"]
    named = {child.first_name: child.child_id for child in file.children}
    elsewhere = await office.place(named["Léob"], "ps", school_code=None, elsewhere="Sainte-Anne")
    assert elsewhere.status_code == 200, elsewhere.text
    assert (await office.place(named["Léoc"], "cm2")).status_code == 200
    assert (await files.counts())[GapKind.NO_SCHOOL] == 0
    office.be_on(date(2027, 8, 31))
    assert (await files.counts())[GapKind.NO_SCHOOL] == 0
    office.be_on(date(2027, 9, 1))
    assert (await files.counts())[GapKind.NO_SCHOOL] == 2, "what is entered holds until the end of the school year"


async def test_a_protected_address_is_listed_and_not_told(files: Files) -> None:
    guard = Guard(files.service, files.desk)
    file = await guard.protected()
    listed = await files.listed(GapKind.PROTECTED_ADDRESS)
    assert [item["reference"] for item in listed["items"]] == [file.reference]
    assert words_in(str(listed)) == []
    assert (await guard.end(file.household_id)).status_code == 200
    assert (await files.counts())[GapKind.PROTECTED_ADDRESS] == 0


async def test_people_who_cannot_be_reached(files: Files) -> None:
    file = await files.desk.open(guardian={"email": None, "phone": None})
    (gap,) = (await files.listed(GapKind.UNREACHABLE))["items"]
    assert gap["household_id"] == str(file.household_id)


async def test_an_adult_of_two_files_who_may_be_one(files: Files) -> None:
    """The same name and telephone number, and another address; the same name alone is a namesake."""
    children = [{"first_name": "Zoé", "last_name": "Le Goff", "birth_on": "2019-01-01"}]
    one = await files.desk.open()
    other = await files.desk.open(guardian={"email": "autre@courriel.example"}, children=children)
    namesake = await files.desk.open(
        guardian={"email": "tiers@courriel.example", "phone": "06 99 99 99 99"},
        children=[{"first_name": "Ana", "last_name": "Le Goff", "birth_on": "2019-01-01"}],
    )
    await files.service.run_job("compare_people")
    (gap,) = (await files.listed(GapKind.DOUBLED_ADULT))["items"]
    assert {gap["reference"], gap["other_reference"]} == {one.reference, other.reference}
    assert namesake.reference not in (gap["reference"], gap["other_reference"])


async def test_a_birth_of_which_nothing_is_heard(files: Files) -> None:
    expected = [{"first_name": "Bébé", "last_name": "Le Goff", "expected_on": "2026-10-01"}]
    file = await files.desk.open(children=[], expected_children=expected)
    files.service.advance(days=60)
    assert (await files.counts())[GapKind.BIRTH_OVERDUE] == 0
    files.service.advance(days=20)
    (gap,) = (await files.listed(GapKind.BIRTH_OVERDUE))["items"]
    assert (gap["reference"], gap["since_on"]) == (file.reference, "2026-10-01")


async def test_pages_follow_each_other(files: Files) -> None:
    for number in range(3):
        name = ("Un", "Deux", "Trois")[number]
        await files.desk.open(
            guardian={"email": None, "phone": None, "last_name": name},
            children=[{"first_name": "Zoé", "last_name": name, "birth_on": "2019-01-01"}],
        )
    seen, cursor = [], None
    while True:
        page = await files.listed(GapKind.UNREACHABLE, limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [item["reference"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert sorted(seen) == ["F-000001", "F-000002", "F-000003"]
