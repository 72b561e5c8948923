"""Requests: a family fills one in page by page, sends it once, and an agent decides it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from contracts.family.request_events import RequestAnswered
from services.family.erasure.commands import erase_household
from tests.component.family.child_files import rows_of
from tests.component.family.delegating import codes, opened
from tests.component.family.desk import Desk
from tests.component.family.request_forms import SCHOOL, WAITING_LIST, RequestForms
from tests.support.roles import account_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"


@pytest.fixture
async def requests(service: RunningService, desk: Desk) -> RequestForms:
    return RequestForms(await opened(service, desk))


def faults(request: Any) -> list[tuple[int, str, str]]:
    return [(item["step"], item["pointer"], item["code"]) for item in request["faults"]]


async def test_a_draft_keeps_each_page_whatever_is_wrong_with_it(requests: RequestForms) -> None:
    """A second tab, another press and a new session go on with the same draft."""
    request_id = await requests.begun("creche_liste_attente")
    assert await requests.begun("creche_liste_attente") == request_id, "there is one draft of the same"
    await requests.keep(request_id, 2, {"debut": "someday", "jours": ["lundi"], "heures": "90"})
    kept = (await requests.keep(request_id, 1, {"est_ne": "yes", "strange": "x"})).json()
    assert kept["answers"] == {"debut": "someday", "jours": ["lundi"], "heures": "90", "est_ne": "yes"}
    assert (1, "/answers/enfant", "missing") in faults(kept)
    assert (2, "/answers/debut", "answer_no_month") in faults(kept)
    assert (2, "/answers/heures", "answer_above") in faults(kept)
    refused = await requests.send(request_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "request_incomplete")
    assert (await requests.read(request_id, requests.mother)).status_code == 200, "a draft is its household's"
    assert (await requests.read(request_id, requests.agent())).status_code == 404


async def test_what_was_sent_is_sent_once_with_a_number_and_a_day(requests: RequestForms) -> None:
    request_id = await requests.begun("creche_liste_attente")
    await requests.fill(request_id, WAITING_LIST)
    answers = await asyncio.gather(*(requests.send(request_id) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    sent = answers[0].json()
    assert (sent["number"], sent["status"], sent["due_on"]) == ("D-2026-000001", "sent", "2026-10-31")
    (received,) = await requests.home.events(RequestAnswered)
    assert received.answer == "received"
    assert (await requests.keep(request_id, 1, {"est_ne": "yes"})).json()["code"] == "request_not_draft"
    (line,) = await requests.listed(is_open=True)
    assert (line["label"], line["status"], line["reference"]) == (
        "Liste attente Crèche",
        "sent",
        sent["reference"],
    )
    assert [item["request_id"] for item in await requests.own(requests.mother)] == [request_id]


async def test_what_the_file_holds_is_not_asked_and_pieces_come_from_the_safe(requests: RequestForms) -> None:
    lea = requests.child()
    request_id = await requests.begun("inscription_scolaire", person_id=lea)
    kept = (await requests.keep(request_id, 1, dict(SCHOOL[0]))).json()
    assert kept["facts"]["address"].startswith("12 rue"), kept["facts"]
    assert [piece["kind"] for piece in kept["pieces"]] == [
        "livret_famille",
        "piece_identite",
        "justificatif_domicile",
    ], "three documents, as the law has it"
    assert [fault for fault in faults(kept) if fault[0] == 1] == []
    book = await requests.papers.sent()
    assert codes(await requests.give(request_id, "piece_identite", book)) == [("/document_id", "piece_unfit")]
    assert (await requests.give(request_id, "livret_famille", book)).status_code == 200
    father_id = str(requests.home.father_id)
    identity = await requests.papers.sent(kind="piece_identite", person_id=father_id, day="2030-01-01")
    home = await requests.papers.sent(kind="justificatif_domicile", day="2026-08-01")
    await requests.give(request_id, "piece_identite", identity)
    await requests.give(request_id, "justificatif_domicile", home)
    sent = (await requests.send(request_id)).json()
    assert sent["status"] == "sent", sent
    assert sent["answers"]["adresse"].startswith("12 rue"), "what was known is part of what is sent"
    refused = await requests.client.delete(f"/documents/{book}", headers=requests.father)
    assert codes(refused) == [("/content", "document_in_request")]


async def test_an_agent_takes_asks_and_refuses_with_a_ground_of_the_library(
    requests: RequestForms, capsys: pytest.CaptureFixture[str]
) -> None:
    request = await requests.sent()
    request_id = request["request_id"]
    taken = (await requests.take(request_id)).json()
    assert (taken["status"], taken["owner_id"]) == ("under_review", str(requests.desk.account_id))
    director = requests.agent(requests.director)
    assert (await requests.take(request_id, director)).json()["code"] == "request_of_another"
    assert (await requests.decide(request_id, "accept", director)).json()["code"] == "request_of_another"
    assert (await requests.take(request_id, director, is_taking_over=True)).status_code == 200
    assert codes(await requests.decide(request_id, "ask", director)) == [("/words", "asked_words_missing")]
    asked = (await requests.decide(request_id, "ask", director, words=f"{CANARY} ?")).json()
    assert (asked["status"], asked["due_on"]) == ("more_asked", None)
    again = [
        await requests.decide(request_id, "ask", director, words=words) for words in (f"{CANARY} ?", "Et ?", "Et ?")
    ]
    assert [answer.status_code for answer in again] == [200] * 3
    assert (await requests.write(request_id, f"{CANARY} !", requests.mother)).status_code == 201
    requests.service.advance(days=1)
    read = (await requests.read(request_id)).json()
    assert (read["status"], read["due_on"]) == ("under_review", "2026-10-31"), "the delay begins again"
    assert [(item["is_by_agent"], item["words"]) for item in read["messages"]] == [
        (True, f"{CANARY} ?"),
        (True, "Et ?"),
        (False, f"{CANARY} !"),
    ]
    assert codes(await requests.decide(request_id, "refuse", director)) == [("/ground", "ground_missing")]
    for _ in range(2):
        refused = await requests.decide(request_id, "refuse", director, ground="pas_de_place", words=CANARY)
        assert (refused.status_code, refused.json()["status"]) == (200, "refused")
    final = (await requests.read(request_id)).json()
    assert final["sentence"].startswith("La commission n’a pas de place")
    assert "prochaine commission" in final["remedy"]
    assert [turn["status"] for turn in final["turns"]] == [
        "sent",
        "under_review",
        "more_asked",
        "under_review",
        "refused",
    ]
    assert (await requests.decide(request_id, "accept", director)).json()["code"] == "request_settled"
    mailed = [event.answer for event in await requests.home.events(RequestAnswered)]
    assert mailed == ["received", *["more_asked"] * 4, "refused", "refused"], "both parents are told what is decided"
    text = await rows_of(requests.service.db) + capsys.readouterr().out
    assert [trace for trace in (CANARY, CANARY.encode().hex()) if trace in text] == []


async def test_the_second_step_of_a_path_waits_for_the_first(requests: RequestForms) -> None:
    lea = requests.child()
    before = (await requests.catalogue())["creche_dossier"]
    assert (before["number"], before["draftable"], before["waits_for"]) == (2, "waits_for", None)
    assert before["after"]["label"] == "Liste attente Crèche"
    refused = await requests.begin("creche_dossier", person_id=lea)
    assert (refused.status_code, refused.json()["code"]) == (409, "procedure_waits")
    request = await requests.sent()
    assert (await requests.catalogue())["creche_dossier"]["waits_for"] == "sent"
    await requests.decide(request["request_id"], "accept")
    assert (await requests.catalogue())["creche_dossier"]["draftable"] == "open"
    assert (await requests.begin("creche_dossier", person_id=lea)).status_code == 201


async def test_an_accepted_change_becomes_a_task_of_a_day(requests: RequestForms) -> None:
    request = await requests.sent("creche_modification", person_id=requests.child())
    request_id = request["request_id"]
    assert codes(await requests.decide(request_id, "accept")) == [("/task_on", "task_day_missing")]
    accepted = (await requests.decide(request_id, "accept", task_on="2026-10-01")).json()
    assert (accepted["status"], accepted["task_on"], accepted["is_task_done"]) == ("accepted", "2026-10-01", False)
    assert (await requests.read(request_id)).json()["task_on"] is None, "the task is the agents' own"
    assert [item["request_id"] for item in await requests.listed(is_open=True)] == [request_id]
    for _ in range(2):
        assert (await requests.post(request_id, "task", requests.agent())).json()["is_task_done"]
    assert await requests.listed(is_open=True) == []


async def test_a_request_waits_in_the_queue_and_has_one_owner_there_and_on_its_page(requests: RequestForms) -> None:
    request = await requests.sent()
    path, desk = f"/waiting-items/request/{request['request_id']}", requests.agent()
    (item,) = (await requests.client.get("/waiting-items", headers=desk)).json()["items"]
    assert (item["kind"], item["label"], item["due_on"]) == ("request", "Liste attente Crèche", request["due_on"])
    own = str(requests.desk.account_id)
    await requests.service.deliver(account_of(requests.desk.account_id))
    given = await requests.client.put(
        f"{path}/owner", json={"owner_id": own, "known_owner_id": None}, headers=requests.agent(requests.director)
    )
    assert given.status_code == 204
    read = (await requests.read(request["request_id"], desk)).json()
    assert (read["owner_id"], read["status"]) == (own, "under_review"), "the family sees that somebody looks at it"
    other = await requests.take(request["request_id"], requests.agent(requests.director))
    assert other.json()["code"] == "request_of_another"
    body = {"owner_id": None, "known_owner_id": own}
    assert (await requests.client.put(f"{path}/owner", json=body, headers=desk)).status_code == 204
    assert (await requests.read(request["request_id"], desk)).json()["owner_id"] is None
    await requests.decide(request["request_id"], "refuse", ground="pas_de_place")
    assert (await requests.client.get("/waiting-items", headers=desk)).json()["items"] == []
    settled = (await requests.client.get(path, headers=desk)).json()["settled"]
    assert (settled["outcome"], settled["decided_by"]) == ("refused", own)


async def test_a_request_is_taken_back_and_a_draft_thrown_away(requests: RequestForms) -> None:
    request_id = (await requests.sent())["request_id"]
    for _ in range(2):
        assert (await requests.post(request_id, "withdrawal")).json()["status"] == "withdrawn"
    assert (await requests.decide(request_id, "accept")).json()["code"] == "request_settled"
    draft_id = await requests.begun("attestation_paiement")
    path = f"/requests/{draft_id}"
    stranger = requests.service.as_parent(uuid4())
    assert (await requests.client.delete(path, headers=stranger)).status_code == 404
    assert (await requests.client.delete(path, headers=requests.father)).status_code == 204
    assert (await requests.read(draft_id)).status_code == 404


async def test_what_is_past_goes_with_its_key(requests: RequestForms) -> None:
    request_id = (await requests.sent())["request_id"]
    await requests.decide(request_id, "accept")
    draft_id = await requests.begun("attestation_paiement")
    await requests.keep(draft_id, 1, {"du": "2026-01"})
    requests.service.advance(days=91)
    await requests.service.run_job("forget_requests")
    assert (await requests.read(draft_id)).status_code == 404
    requests.service.advance(days=1095 - 91)
    await requests.service.run_job("forget_requests")
    assert (await requests.read(request_id)).status_code == 200
    requests.service.advance(days=1)
    await requests.service.run_job("forget_requests")
    assert (await requests.read(request_id)).status_code == 404
    for owner in (request_id, draft_id):
        assert await requests.service.db.fetchval("select count(*) from history_keys where owner = $1", owner) == 0


async def test_erasure_takes_requests_and_their_keys(requests: RequestForms) -> None:
    request_id = (await requests.sent())["request_id"]
    await requests.write(request_id, "Un mot.")
    async with requests.service.db.transaction() as tx:
        await erase_household(tx, requests.home.household.household_id)
    for table in ("requests", "request_turns", "request_messages"):
        assert await requests.service.db.fetchval(f"select count(*) from {table}") == 0
    assert await requests.service.db.fetchval("select count(*) from history_keys where owner = $1", request_id) == 0
