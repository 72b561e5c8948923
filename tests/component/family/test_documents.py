"""Documents: a family sends one page by page, an agent decides, and each sees what is theirs to see."""

import asyncio
import io
from uuid import uuid4

import pikepdf
import pytest
from PIL import Image

from contracts.family.document_events import DocumentAnswered
from services.family.adapters.contents import Contents
from services.family.erasure.commands import erase_household
from tests.component.family.child_files import rows_of
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers, jpeg, pdf
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"


@pytest.fixture
async def papers(service: RunningService, desk: Desk) -> Papers:
    return Papers(await opened(service, desk))


async def test_a_photograph_is_sent_validated_and_seen_by_its_household(papers: Papers) -> None:
    document_id = await papers.sent(content=jpeg(4000, 3000))
    (waiting,) = await papers.listed(status="sent")
    assert (waiting["kind"]["label"], waiting["audience"], len(waiting["pages"])) == (
        "Livret de famille",
        "household",
        1,
    )
    shown = await papers.page(waiting, papers.desk)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(shown.content)).size == (2200, 1650)
    answers = await asyncio.gather(*(papers.decide(document_id) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200], "the same decision twice is one"
    assert len(await papers.home.events(DocumentAnswered)) == 1
    (own,) = (await papers.own(papers.mother))["items"]
    assert (own["status"], own["ends_on"], own["decided_by"]) == ("validated", None, None)
    assert (await papers.page(own, papers.mother)).content == shown.content
    refused = await papers.decide(document_id, is_valid=False, reason="unreadable")
    assert (refused.status_code, refused.json()["code"]) == (409, "document_settled")


async def test_pages_come_one_by_one_and_a_refused_one_takes_none_away(papers: Papers) -> None:
    begun = (await papers.begin(kind="justificatif_domicile")).json()
    document_id, page_id = begun["document_id"], uuid4()
    for _ in range(2):
        assert (await papers.add(document_id, jpeg(), page_id=page_id)).status_code == 204
    assert codes(await papers.add(document_id, b"MZ not a picture")) == [("/content", "content_unknown")]
    assert (await papers.add(document_id, pdf("one", "two"))).status_code == 204
    draft = (await papers.read(document_id)).json()
    assert [(page["is_pdf"], page["leaf_count"]) for page in draft["pages"]] == [(False, 1), (True, 2)]
    assert (await papers.read(document_id, papers.desk)).status_code == 404, "a draft is the family's alone"
    assert codes(await papers.send(document_id)) == [("/marked_on", "missing")]
    assert codes(await papers.send(document_id, day="2026-09-02")) == [("/marked_on", "document_day_in_future")]
    assert codes(await papers.send(document_id, day="2025-08-01")) == [("/marked_on", "document_day_past")]
    sent = (await papers.send(document_id, day="2026-07-31")).json()
    assert (sent["status"], sent["proposed_end_on"]) == ("sent", "2027-07-31")
    assert codes(await papers.add(document_id, jpeg())) == [("/content", "document_sent")]
    second_leaf = await papers.page(sent, papers.desk, place=1, leaf=2)
    assert (second_leaf.status_code, second_leaf.headers["content-type"]) == (200, "image/jpeg")
    assert (await papers.page(sent, papers.desk, place=1, leaf=3)).status_code == 404
    whole = await papers.client.get(f"/documents/{document_id}/whole", headers=papers.mother)
    with pikepdf.open(io.BytesIO(whole.content)) as joined:
        assert len(joined.pages) == 3


async def test_a_refusal_says_why_by_mail_and_the_next_waits(
    papers: Papers, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = await papers.sent(), await papers.sent(kind="aisance_aquatique", person_id=papers.home.child_ids[0])
    assert codes(await papers.decide(first, is_valid=False)) == [("/reason", "missing")]
    assert codes(await papers.decide(first, is_valid=False, reason="other")) == [("/words", "missing")]
    refused = await papers.decide(first, is_valid=False, reason="other", words=f"{CANARY} ?")
    assert refused.json()["next_id"] == second
    assert (await papers.decide(first, is_valid=True)).json()["code"] == "document_settled"
    (answer,) = await papers.home.events(DocumentAnswered)
    assert CANARY not in answer.model_dump_json()
    text = await rows_of(papers.service.db) + capsys.readouterr().out
    assert [trace for trace in (CANARY, CANARY.encode().hex()) if trace in text] == []
    item = next(item for item in (await papers.own())["items"] if item["document_id"] == first)
    assert (item["status"], item["reason"], item["words"]) == ("refused", "other", f"{CANARY} ?")


async def test_what_is_asked_once_a_year_is_wanted_until_it_is_there_and_again_when_it_ended(papers: Papers) -> None:
    lea = papers.home.child_ids[0]

    async def wanted() -> list[tuple[str, str]]:
        return [(item["kind"]["code"], item["name"]) for item in (await papers.own())["wanted"]]

    assert ("assurance_scolaire", "Léa Le Goff") in await wanted()
    document_id = await papers.sent(kind="assurance_scolaire", person_id=lea)
    assert ("assurance_scolaire", "Léa Le Goff") not in await wanted()
    assert ("assurance_scolaire", "Tom Le Goff") in await wanted()
    waiting = (await papers.read(document_id)).json()
    assert waiting["proposed_end_on"] == "2027-08-31"
    await papers.validated(document_id, ends_on="2027-08-31")
    papers.service.advance(days=365)
    item = (await papers.own())["items"][0]
    assert item["status"] == "expired"
    assert ("assurance_scolaire", "Léa Le Goff") in await wanted()


async def test_each_sees_what_is_theirs(papers: Papers, desk: Desk) -> None:
    """The other home of a child, another family and a guardian who lost authority see nothing; an adult's document is theirs and the sender's."""
    other = await desk.open(**OTHERS)
    stranger = papers.service.as_parent(other.adults[0].adult_id)
    lea = papers.home.child_ids[0]
    child_id = await papers.sent(kind="assurance_scolaire", person_id=lea)
    adult_id = await papers.sent(
        papers.mother, kind="attestation_employeur", person_id=str(papers.home.mother_id), day="2026-08-01"
    )
    for document_id in (child_id, adult_id):
        assert (await papers.read(document_id, stranger)).status_code == 404
    assert (await papers.begin(stranger, kind="assurance_scolaire", person_id=lea)).status_code == 404
    assert (await papers.read(adult_id, papers.father)).status_code == 404
    assert (await papers.read(child_id, papers.mother)).status_code == 200
    await papers.home.answers_for(lea, papers.home.mother_id, "none")
    assert (await papers.read(child_id, papers.mother)).status_code == 404
    assert child_id not in [item["document_id"] for item in (await papers.own(papers.mother))["items"]]
    site = papers.service.as_agent(Role.FRONT_DESK, sites=frozenset({"maison"}))
    assert (await papers.read(child_id, site)).status_code == 404


async def test_an_end_is_said_once_before_and_what_is_past_goes_with_its_contents(papers: Papers) -> None:
    document_id = await papers.sent(kind="assurance_scolaire", person_id=papers.home.child_ids[0])
    await papers.validated(document_id, ends_on="2027-08-31")
    contents: Contents = papers.service.service.provide[Contents]
    (blob,) = [row["blob"] for row in await papers.service.db.fetch("select blob from document_pages")]
    papers.service.advance(days=335)
    await papers.service.run_job("remind_documents")
    assert [event.answer for event in await papers.home.events(DocumentAnswered)] == ["validated"]
    papers.service.advance(days=5)
    for _ in range(2):
        await papers.service.run_job("remind_documents")
    assert [event.answer for event in await papers.home.events(DocumentAnswered)] == ["validated", "expiring"]
    papers.service.advance(days=114)
    await papers.service.run_job("forget_documents")
    assert (await papers.read(document_id)).status_code == 200, "the kind is kept for ninety days after its end"
    papers.service.advance(days=2)
    await papers.service.run_job("forget_documents")
    assert (await papers.read(document_id)).status_code == 404
    assert await contents.blobs.get(blob) is None
    key = await papers.service.db.fetchval("select count(*) from history_keys where owner = $1", document_id)
    assert key == 0, "no copy of the content says anything any more"


async def test_a_family_deletes_what_the_town_need_not_keep(papers: Papers) -> None:
    free, held = await papers.sent(), await papers.sent(kind="jugement_garde", person_id=papers.home.child_ids[0])
    for document_id in (free, held):
        await papers.validated(document_id)
    path = f"/documents/{held}"
    refused = await papers.client.delete(path, headers=papers.father)
    assert codes(refused) == [("/content", "document_kept")]
    assert (await papers.client.delete(f"/documents/{free}", headers=papers.father)).status_code == 204
    assert [item["document_id"] for item in (await papers.own())["items"]] == [held]


async def test_erasure_takes_rows_keys_and_contents(papers: Papers) -> None:
    document_id = await papers.sent()
    contents: Contents = papers.service.service.provide[Contents]
    async with papers.service.db.transaction() as tx:
        await erase_household(tx, papers.home.household.household_id)
    assert await papers.service.db.fetchval("select count(*) from documents") == 0
    assert await papers.service.db.fetchval("select count(*) from history_keys where owner = $1", document_id) == 0
    names = [name async for some in contents.blobs.listed() for name, _ in some]
    assert names, "what is left is sealed with a key that is gone, and swept up later"
