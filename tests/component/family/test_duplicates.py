"""Files that may be of one household are listed with what is alike, unless somebody keeps them apart."""

import pytest

from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("name", "birth_on", "is_found"),
    [
        ("Lea", "2018-03-04", True),
        ("Léa", "2018-03-05", False),
        ("Lia", "2018-03-04", True),
        ("Hugo", "2018-03-04", False),
    ],
)
async def test_files_of_one_child_in_two_spellings_are_listed(
    counter: Counter, desk: Desk, name: str, birth_on: str, is_found: bool
) -> None:
    one = await desk.open(guardian=person("Anne", phone=None))
    two = await desk.open(guardian=person("Hugo", last_name="Roy", phone=None), children=[child(name, birth_on)])
    items = await counter.alike()
    answers = [(item["file"]["reference"], item["other"]["reference"]) for item in items]
    assert answers == ([(one.reference, two.reference)] if is_found else [])


async def test_files_of_one_adult_are_listed_and_kept_apart(counter: Counter, desk: Desk) -> None:
    """With a reason, which can be taken back; a pair that was merged is on no list."""
    one = await desk.open(guardian=person("Éric", email="a@courriel.example"))
    two = await desk.open(guardian=person("Eric", email="b@courriel.example"), children=[child("Noé", "2020-05-06")])
    (pair,) = await counter.alike()
    assert [(item["kind"], item["name"], item["other_name"]) for item in pair["likenesses"]] == [
        ("phone", "Éric Le Goff-Œuvrard", "Eric Le Goff-Œuvrard")
    ]
    path = f"/households/{two.household_id}/duplicates/{one.household_id}"
    apart = await counter.service.client.put(path, json={"reason": "Père et fils."}, headers=counter.headers)
    assert apart.status_code == 204, apart.text
    assert await counter.alike() == []
    (kept_apart,) = await counter.alike(is_apart=True)
    assert (kept_apart["reason"], kept_apart["file"]["reference"]) == ("Père et fils.", one.reference)
    assert (await counter.service.client.delete(path, headers=counter.headers)).status_code == 204
    assert len(await counter.alike()) == 1
    assert (await counter.merge(one, two)).status_code == 201
    assert await counter.alike() == []


async def test_twins_of_two_homes_are_no_likeness(counter: Counter, desk: Desk) -> None:
    """Lea and Leo live at both homes: neither looks like a child of another file."""
    one = await desk.open(guardian=person("Anne"), children=[child("Lea"), child("Leo")])
    ids = [str(item.child_id) for item in one.children]
    await desk.open(guardian=person("Hugo", phone=None), children=[], known_child_ids=ids)
    assert await counter.alike() == []
