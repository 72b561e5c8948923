"""What other services are told of a family's documents: what each is worth and until when, and nothing of what it says."""

from datetime import date

import pytest

from contracts.family.document_events import DocumentState
from contracts.family.document_words import DocumentStatus
from services.family.erasure.commands import erase_household
from tests.component.family.delegating import opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ERASED_SQL = "select count(*) from outbox where topic = 'family.documents' and payload is null"


@pytest.fixture
async def papers(service: RunningService, desk: Desk) -> Papers:
    return Papers(await opened(service, desk))


async def states(papers: Papers) -> list[DocumentState]:
    return [event for event in await papers.home.service.outbox() if isinstance(event, DocumentState)]


async def test_each_step_of_a_document_is_told(papers: Papers) -> None:
    """Sent with the end that its kind proposes, then as an agent decided; a draft is nobody's business."""
    child_id = papers.home.child_ids[0]
    draft = await papers.begin(kind="assurance_scolaire", person_id=child_id)
    assert draft.status_code == 201
    assert await states(papers) == []
    document_id = await papers.sent(kind="assurance_scolaire", person_id=child_id)
    (sent,) = await states(papers)
    assert (str(sent.document_id), str(sent.person_id), sent.kind) == (document_id, child_id, "assurance_scolaire")
    assert (sent.status, sent.ends_on) == (DocumentStatus.SENT, date(2027, 8, 31))
    await papers.validated(document_id, ends_on="2027-08-31")
    assert (await states(papers))[-1].status is DocumentStatus.VALIDATED
    second = await papers.sent()
    await papers.decide(second, is_valid=False, reason="unreadable", words="La photographie est floue.")
    refused = (await states(papers))[-1]
    assert (refused.status, refused.person_id, refused.ends_on) == (DocumentStatus.REFUSED, None, None)
    assert b"floue" not in refused.payload()


async def test_what_is_deleted_or_erased_leaves_a_tombstone(papers: Papers) -> None:
    service = papers.home.service
    document_id = await papers.sent()
    assert (await papers.client.delete(f"/documents/{document_id}", headers=papers.mother)).status_code == 204
    assert await service.db.fetchval(ERASED_SQL) == 1
    await papers.sent(kind="aisance_aquatique", person_id=papers.home.child_ids[0])
    await papers.begin(kind="livret_famille")
    async with service.db.transaction() as tx:
        await erase_household(tx, papers.home.household.household_id)
    assert await service.db.fetchval(ERASED_SQL) == 2, "of a draft nobody heard"
