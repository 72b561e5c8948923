"""What waits for an agent in files: one list over every kind, in one order, with whoever looks after what."""

import pytest

from tests.component.family.delegating import opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def papers(service: RunningService, desk: Desk) -> Papers:
    return Papers(await opened(service, desk))


async def test_list(papers: Papers) -> None:
    document_id = await papers.sent()
    service = papers.service
    page = (await service.client.get("/waiting-items", headers=papers.desk)).json()
    print(page)
    print((await service.client.get("/waiting-items/counts", headers=papers.desk)).json())
    print((await service.client.get(f"/waiting-items/document/{document_id}", headers=papers.desk)).json())
    assert page["items"][0]["item_id"] == document_id
