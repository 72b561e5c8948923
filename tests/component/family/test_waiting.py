"""What waits for an agent in files: one list over every kind, who looks after what, and decisions on many documents that are taken back."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.family.document_events import DocumentAnswered, DocumentReopened
from tests.component.family.delegating import codes, opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers
from tests.support.roles import Role, account_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def papers(service: RunningService, desk: Desk) -> Papers:
    return Papers(await opened(service, desk))


async def listed(papers: Papers, headers: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
    """The whole list, two at a time."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked = {**query, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await papers.client.get("/waiting-items", params=asked, headers=headers or papers.desk)).json()
        items += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return items


async def child_wanted(papers: Papers) -> str:
    """A request for another child."""
    body = {"first_name": "Nino", "last_name": "Le Goff", "birth_on": "2024-02-03"}
    answer = await papers.client.post("/wanted-children", json=body, headers=papers.father | papers.service.key())
    return str(answer.json()["change_id"])


async def test_every_kind_is_in_one_list_by_age_and_counted(papers: Papers) -> None:
    first, change_id, last = await papers.sent(), await child_wanted(papers), await papers.sent()
    items = await listed(papers)
    assert [item["item_id"] for item in items] == [first, change_id, last]
    assert [(item["kind"], item["label"]) for item in items] == [
        ("document", "Livret de famille"),
        ("change", "new_child"),
        ("document", "Livret de famille"),
    ]
    assert all(item["is_decidable"] and item["reference"] for item in items)
    assert [item["item_id"] for item in await listed(papers, kind="document")] == [first, last]
    assert await listed(papers, days=1) == []
    papers.service.advance(days=6)
    assert len(await listed(papers, days=6)) == 3
    counts = (await papers.client.get("/waiting-items/counts", headers=papers.desk)).json()["items"]
    known = {count["kind"]: (count["count"], count["late_count"], count["unowned_count"]) for count in counts}
    assert (known["document"], known["change"]) == ((2, 2, 2), (1, 1, 1))
    assert "protection" not in known, "who may not protect addresses does not hear of it"
    director = (await papers.client.get("/waiting-items/counts", headers=papers.service.as_agent(Role.DIRECTOR))).json()
    assert "protection" in {count["kind"] for count in director["items"]}


async def test_an_owner_is_one_at_a_time_and_ends_by_itself(papers: Papers) -> None:
    path = f"/waiting-items/document/{await papers.sent()}"

    async def keep(owner_id: Any, known: Any = None) -> Any:
        body = {"owner_id": owner_id, "known_owner_id": known}
        return await papers.client.put(f"{path}/owner", json=body, headers=papers.desk)

    one, other = str(uuid4()), str(uuid4())
    unknown = await keep(one)
    assert codes(unknown) == [("/owner_id", "agent_unknown")], "families and whoever is made up look after nothing"
    await papers.service.deliver(account_of(UUID(one)), account_of(UUID(other)))
    assert (await keep(one)).status_code == 204
    assert (await keep(other)).json()["code"] == "owned_by_colleague"
    assert (await keep(one)).status_code == 204, "again is no fault"
    assert (await keep(other, known=one)).status_code == 204
    assert (await keep(None, known=one)).json()["code"] == "owned_by_colleague"
    assert (await papers.client.get(path, headers=papers.desk)).json()["owner_id"] == other
    assert (await keep(None, known=other)).status_code == 204
    assert (await papers.client.get(path, headers=papers.desk)).json()["owner_id"] is None
    assert (await keep(one)).status_code == 204
    papers.service.advance(days=8)
    assert [item["owner_id"] for item in await listed(papers, owner="nobody")] == [None]
    await papers.service.run_job("forget_owners")
    assert await papers.service.db.fetchval("select count(*) from waiting_owners") == 0
    await papers.service.deliver(account_of(UUID(one), is_open=False))
    assert codes(await keep(one)) == [("/owner_id", "agent_unknown")], "their account was closed"


async def test_many_documents_are_decided_once_and_taken_back_but_for_what_followed(papers: Papers) -> None:
    lea = papers.home.child_ids[0]
    first, second = await papers.sent(), await papers.sent(kind="aisance_aquatique", person_id=lea)
    third, insured = await papers.sent(), await papers.sent(kind="assurance_scolaire", person_id=lea)
    await papers.validated(third)
    body = {"item_ids": [second, third, first, insured, str(uuid4())], "is_valid": True}
    preview = (await papers.client.post("/document-decisions/preview", json=body, headers=papers.desk)).json()
    assert [(line["item_id"], line["code"]) for line in preview["lines"]] == [
        (second, None),
        (third, "document_settled"),
        (first, None),
        (insured, None),
    ]
    assert len(preview["lines"][0]["recipients"]) == 1
    headers = papers.desk | papers.service.key()
    reports = [await papers.client.post("/document-decisions", json=body, headers=headers) for _ in range(2)]
    assert [report.status_code for report in reports] == [201, 201]
    report = reports[0].json()
    assert reports[1].json() == report, "pressed twice is done once"
    assert [line["code"] for line in report["lines"]] == [None, "document_settled", None, None]
    answers = await papers.home.events(DocumentAnswered)
    assert [answer.tellable_at is None for answer in answers] == [True, False, False, False]
    item = next(item for item in (await papers.own())["items"] if item["document_id"] == insured)
    assert item["ends_on"] == "2027-08-31", "each holds as long as its kind says"
    assert (await papers.client.delete(f"/documents/{first}", headers=papers.father)).status_code == 204
    path = f"/document-decisions/{report['batch_id']}"
    undone = (await papers.client.post(f"{path}/undo", headers=papers.desk)).json()
    assert {line["item_id"]: line["followed"] for line in undone["lines"]} == {second: None, third: None, insured: None}
    assert {str(event.document_id) for event in await papers.home.events(DocumentReopened)} == {second, insured}
    assert {item["document_id"] for item in await papers.listed(status="sent")} == {second, insured}
    assert (await papers.client.post(f"{path}/undo", headers=papers.desk)).json() == undone
    actions = {row["action"] for row in await papers.service.db.fetch("select action from history")}
    assert "document_reopened" in actions


async def test_what_was_decided_again_stays_and_late_is_too_late(papers: Papers) -> None:
    document_id = await papers.sent()
    body = {"item_ids": [document_id], "is_valid": False, "reason": "unreadable"}
    report = await papers.client.post("/document-decisions", json=body, headers=papers.desk | papers.service.key())
    path = f"/document-decisions/{report.json()['batch_id']}"
    await papers.sent()
    undone = (await papers.client.post(f"{path}/undo", headers=papers.desk)).json()
    assert [line["followed"] for line in undone["lines"]] == ["document_sent_again"]
    later = await papers.sent()
    body = {"item_ids": [later], "is_valid": True}
    report = await papers.client.post("/document-decisions", json=body, headers=papers.desk | papers.service.key())
    papers.service.advance(minutes=11)
    late = await papers.client.post(f"/document-decisions/{report.json()['batch_id']}/undo", headers=papers.desk)
    assert (late.status_code, late.json()["code"]) == (409, "undo_too_late")


async def test_a_document_by_which_a_quotient_was_decided_stays_decided(papers: Papers) -> None:
    document_id = await papers.sent()
    body = {"item_ids": [document_id], "is_valid": True}
    report = await papers.client.post("/document-decisions", json=body, headers=papers.desk | papers.service.key())
    claim = {"source": "caf", "value_cents": 50_000, "document_id": document_id}
    declared = await papers.client.post("/resource-declarations", json=claim, headers=papers.father)
    entry = {"source": "caf", "value_cents": 50_000, "effective_on": str(await papers.service.db.today())}
    path = f"/resource-declarations/{declared.json()['declaration_id']}/decision"
    assert (await papers.client.post(path, json={"entry": entry}, headers=papers.desk)).status_code == 200
    other, colleague = {**entry, "value_cents": 70_000}, papers.service.as_agent(Role.DIRECTOR)
    late = await papers.client.post(path, json={"entry": other}, headers=colleague)
    assert late.json()["errors"][0]["code"] == "declaration_settled", "nobody believes that theirs counts"
    path = f"/document-decisions/{report.json()['batch_id']}/undo"
    undone = (await papers.client.post(path, headers=papers.desk)).json()
    assert [line["followed"] for line in undone["lines"]] == ["document_relied_on"]
    assert (await papers.read(document_id)).json()["status"] == "validated"
