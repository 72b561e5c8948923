"""A parent whom a decision keeps from a child belongs to its household all the same: no list and no history tells them of the child."""

import pytest

from tests.component.family.delegating import Home, opened
from tests.component.family.desk import Desk
from tests.component.family.school_office import SchoolOffice
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NAME = "Zazalie"


@pytest.fixture
async def home(service: RunningService, desk: Desk) -> Home:
    """The father is kept from Léa, who is called otherwise by now and goes to a school; her mother entrusted her, and both children, to Jeanne."""
    known = await opened(service, desk)
    lea, tom = known.child_ids
    office = SchoolOffice(service)
    await office.school()
    shown = {"evidence_kind": "judgment", "evidence_on": "2026-08-01", "evidence": "JAF de Caen"}
    await known.answers_for(lea, known.father_id, "none", **shown)
    for child_id in (lea, tom):
        assert (await office.place(child_id, "ce2")).status_code == 200
    mother = service.as_parent(known.mother_id)
    status = (await service.client.get(f"/civil-statuses/{lea}", headers=mother)).json()
    body = {"version": status["version"], "first_name": NAME}
    asked = await service.client.post(f"/civil-statuses/{lea}", json=body, headers=mother)
    path = f"/person-changes/{asked.json()['change_id']}/decision"
    decided = await service.client.put(path, json={"is_accepted": True}, headers=desk.headers)
    assert decided.status_code == 204, decided.text
    await known.given(known.mother_id, child_ids=[lea])
    await known.given(known.mother_id, child_ids=[lea, tom], email="luce@courriel.example")
    return known


async def test_the_history_says_that_something_was_done_and_not_what(service: RunningService, home: Home) -> None:
    lea = home.child_ids[0]
    texts = {}
    for adult_id in (home.father_id, home.mother_id):
        answer = await service.client.get("/history", headers=service.as_parent(adult_id))
        assert answer.status_code == 200, answer.text
        texts[adult_id] = [(item["action"], f"{item['before']} {item['after']}") for item in answer.json()["items"]]
    assert [action for action, _ in texts[home.father_id]] == [action for action, _ in texts[home.mother_id]]
    whole = " ".join(text for _, text in texts[home.mother_id])
    assert all(word in whole for word in (NAME, lea, "tilleuls")), "the control"
    known = [text for _, text in texts[home.father_id]]
    assert not any(NAME in text or lea in text for text in known)
    assert sum("tilleuls" in text for text in known) == 1, "of Tom, from whom nothing keeps him, he reads all"


async def test_a_delegation_names_the_children_whom_one_answers_for(service: RunningService, home: Home) -> None:
    tom = home.child_ids[1]
    seen = [[child["child_id"] for child in item["children"]] for item in await home.seen(home.father_id)]
    assert seen == [[tom]], "one for her alone is none of his"
    assert [len(item["children"]) for item in await home.seen(home.mother_id)] == [2, 1]
