"""Requests on paper: an agent types what an adult asks at the counter, and it is one like those that are sent online."""

import asyncio
from typing import Any

import pytest

from contracts.family.request_events import RequestAnswered
from tests.component.family.circular_office import CODE, PAGES
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.request_forms import SCHOOL, RequestForms
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ANSWERS = {**PAGES[0], **PAGES[1]}
PIECES = ("livret_famille", "piece_identite", "justificatif_domicile")


class Paper:
    """What an agent types for a parent, the father unless said."""

    def __init__(self, requests: RequestForms) -> None:
        self.requests, self.service = requests, requests.service

    def body(self, **fields: Any) -> dict[str, Any]:
        home = self.requests.home
        whom = {"household_id": str(home.household.household_id), "adult_id": str(home.father_id)}
        return {"code": CODE, "person_id": str(self.requests.child()), "answers": ANSWERS, **whom, **fields}

    async def check(self, headers: Any = None, **fields: Any) -> Any:
        path, headers = "/paper-request-checks", headers or self.requests.agent()
        return await self.service.client.post(path, json=self.body(**fields), headers=headers)

    async def enter(self, headers: Any = None, key: Any = None, **fields: Any) -> Any:
        headers = (headers or self.requests.agent()) | (key or self.service.key())
        return await self.service.client.post("/paper-requests", json=self.body(**fields), headers=headers)


@pytest.fixture
async def paper(service: RunningService, desk: Desk) -> Paper:
    return Paper(RequestForms(await opened(service, desk)))


async def test_a_paper_has_number_receipt_and_queue_and_says_who_typed_it(paper: Paper) -> None:
    key = paper.service.key()
    answers = await asyncio.gather(*(paper.enter(key=key) for _ in range(2)))
    assert len({answer.json()["request_id"] for answer in answers}) == 1, [answer.text for answer in answers]
    request_id = answers[0].json()["request_id"]
    read = (await paper.requests.read(request_id)).json()
    assert (read["number"], read["status"], read["is_on_paper"]) == ("D-2026-000001", "sent", True)
    assert read["entered_by"] is None, "families are told no agent"
    (line,) = await paper.requests.listed(is_open=True)
    assert line["request_id"] == request_id
    entered_by = (await paper.requests.read(request_id, paper.requests.agent())).json()["entered_by"]
    assert entered_by == str(paper.requests.desk.account_id)
    (mailed,) = await paper.requests.home.events(RequestAnswered)
    assert mailed.answer == "received"
    history = (await paper.service.client.get("/history", headers=paper.requests.father)).json()["items"]
    assert "request_entered" in {item["action"] for item in history}


async def test_what_is_missing_is_said_and_nothing_is_kept(paper: Paper) -> None:
    read = (await paper.check(answers={"piscine": "yes"})).json()
    assert "sait_nager" in read["asked"]
    assert [fault["pointer"] for fault in read["faults"] if fault["step"] == 1] == ["/answers/sait_nager"]
    refused = await paper.enter(answers={"piscine": "yes"})
    assert (refused.status_code, refused.json()["code"]) == (409, "request_incomplete")
    assert await paper.requests.own() == []


async def test_pieces_are_seen_at_the_counter_and_all_are_asked(paper: Paper) -> None:
    school = {"code": "inscription_scolaire", "answers": dict(SCHOOL[0])}
    assert (await paper.enter(**school, seen=PIECES[:2])).json()["code"] == "request_incomplete"
    request_id = (await paper.enter(**school, seen=PIECES)).json()["request_id"]
    for headers in (None, paper.requests.agent()):
        pieces = (await paper.requests.read(request_id, headers)).json()["pieces"]
        assert [(piece["kind"], piece["is_seen"], piece["document_id"]) for piece in pieces] == [
            (kind, True, None) for kind in PIECES
        ]


async def test_an_adult_asks_on_paper_what_they_may_ask_online_and_nothing_else(paper: Paper, desk: Desk) -> None:
    """Who has no authority over the child, or belongs to another file, asks nothing of it; an agent of a school enters nothing."""
    home = paper.requests.home
    await home.answers_for(str(paper.requests.child()), home.mother_id, "none")
    assert (await paper.enter(adult_id=str(home.mother_id))).status_code == 404
    other = await desk.open(**OTHERS)
    assert (await paper.enter(adult_id=str(other.adults[0].adult_id))).status_code == 404
    assert (await paper.enter(household_id=str(other.household_id))).status_code == 404
    site = paper.service.as_agent(Role.FRONT_DESK, sites=frozenset({"maison"}))
    assert (await paper.enter(site)).status_code == 404
    assert (await paper.check(site)).status_code == 404
    assert codes(await paper.enter(person_id=None)) == [("/person_id", "request_subject_missing")]
    waits = await paper.enter(code="creche_dossier", answers={})
    assert waits.json()["code"] == "procedure_waits"
