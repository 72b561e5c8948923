"""A household declares its resources so often a day, and no more: what it took back counts too."""

import pytest

from services.family.resources.domain import DECLARED_MAX
from tests.component.family.delegating import opened
from tests.component.family.desk import Desk
from tests.component.family.papers import Papers
from tests.component.family.test_resources import Purse
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_what_was_taken_back_counts_and_the_one_that_waits_stays(service: RunningService, desk: Desk) -> None:
    purse = Purse(Papers(await opened(service, desk)))
    proof = await purse.papers.sent()
    for number in range(DECLARED_MAX):
        declared = (await purse.declared(document_id=proof, value_cents=50_000 + number))["declaration_id"]
        if number % 2 == 0:
            path = f"/resource-declarations/{declared}/withdrawal"
            assert (await purse.client.post(path, headers=purse.papers.mother)).status_code == 204
    for headers in (purse.papers.father, purse.papers.mother):
        refused = await purse.declare(headers, document_id=proof, value_cents=49_000)
        assert (refused.status_code, refused.json()["code"]) == (429, "declarations_too_many")
    again = await purse.declared(document_id=proof, value_cents=50_000 + number)
    assert again["declaration_id"] == declared, "the same again is the one that waits"
    service.advance(days=1, minutes=1)
    assert (await purse.declared(document_id=proof))["declaration_id"] != declared
