"""Families of a school's pupils, and of a class, with and without a search."""

from typing import Any

import pytest

from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.component.family.school_office import SchoolOffice
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NAMES = ("Martin", "Moreau", "Petit")


class Playground:
    """Three families: the first two with a pupil in the school, the first one in a class; the third in no school."""

    def __init__(self, office: SchoolOffice, files: list[Household], class_id: str) -> None:
        self.office, self.files, self.class_id = office, files, class_id
        self.service = office.service

    async def names(self, headers: dict[str, str] | None = None, **query: Any) -> list[str]:
        """Whose files are found, by the payers' last names."""
        answer = await self.office.get("/households", headers, **query)
        assert answer.status_code == 200, answer.text
        return [item["payer_name"].partition(" ")[2] for item in answer.json()["items"]]


@pytest.fixture
async def playground(service: RunningService, desk: Desk) -> Playground:
    office = SchoolOffice(service)
    await office.school()
    class_id = await office.open_class("CE1 A", ["ce1"])
    files = []
    for name in NAMES:
        children = [{"first_name": "Lou", "last_name": name, "birth_on": "2019-03-02"}]
        files.append(await desk.open(guardian={"last_name": name, "email": None}, children=children))
    for file, placed in zip(files, (class_id, None), strict=False):
        answer = await office.place(file.children[0].child_id, "ce1", placed)
        assert answer.status_code == 200, answer.text
    return Playground(office, files, class_id)


async def test_families_are_found_by_school_and_class(playground: Playground) -> None:
    names, of_class = playground.names, {"school_code": "tilleuls", "class_id": playground.class_id}
    assert await names(school_code="tilleuls") == ["Martin", "Moreau"]
    assert await names(**of_class) == ["Martin"]
    assert await names(school_code="tilleuls", search="more") == ["Moreau"]
    assert await names(**of_class, search="more") == []
    assert await names(school_code="ailleurs") == []
    assert await names() == list(NAMES)


async def test_pages_of_a_school_follow_each_other(playground: Playground) -> None:
    query = {"school_code": "tilleuls", "limit": 1}
    for search in ("", "m"):
        first = (await playground.office.get("/households", **query, search=search)).json()
        second = (
            await playground.office.get("/households", **query, search=search, cursor=first["next_cursor"])
        ).json()
        assert [item["payer_name"][-6:] for page in (first, second) for item in page["items"]] == ["Martin", "Moreau"]
        assert second["next_cursor"] is None


async def test_whoever_left_the_file_or_the_school_is_not_found_by_it(playground: Playground) -> None:
    martin, moreau = playground.files[:2]
    left = f"/households/{martin.household_id}/members/{martin.children[0].child_id}/end"
    assert (await playground.office.post(left, {"ends_on": "2026-09-09"})).status_code == 200
    ended = f"/children/{moreau.children[0].child_id}/schooling/end"
    assert (await playground.office.post(ended, {"ends_on": "2026-09-09"})).status_code == 200
    assert await playground.names(school_code="tilleuls") == ["Martin", "Moreau"]
    playground.service.advance(days=20)
    assert await playground.names(school_code="tilleuls") == []


async def test_who_reads_no_schools_finds_nobody_by_one(playground: Playground) -> None:
    """Neither an agent without that permission, nor one of another school."""
    elsewhere = playground.service.as_agent(Role.DIRECTOR, sites=frozenset({"plateau"}))
    assert await playground.names(elsewhere, school_code="tilleuls") == []
    refused = await playground.office.get(
        "/households", playground.service.as_agent(Role.FINANCE), school_code="tilleuls"
    )
    assert refused.status_code == 403, refused.text
