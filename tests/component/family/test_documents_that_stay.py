"""What becomes of documents when files are merged and separated, an address is protected, or a row goes without its content."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from services.family.adapters.contents import Contents
from services.family.erasure.commands import erase_household
from tests.component.family.delegating import MOTHER, Home
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person
from tests.component.family.papers import Papers
from tests.support.roles import Role
from tests.support.services import RunningService, store_of

pytestmark = pytest.mark.anyio


async def parents_of(service: RunningService, desk: Desk, name: str) -> Papers:
    """What the parents of a new file send."""
    household = await desk.open(
        guardian=person(name),
        co_guardian={**MOTHER, "first_name": f"{name}-Lise", "email": f"{name}@courriel.example"},
        children=[child("Léa")],
    )
    return Papers(Home(service, household))


async def test_a_file_that_becomes_part_of_another_is_read_with_it_and_goes_with_it(
    service: RunningService, counter: Counter, desk: Desk
) -> None:
    kept, former = await parents_of(service, desk, "Anne"), await parents_of(service, desk, "Hugo")
    lea = former.home.child_ids[0]
    document_id = await former.sent(kind="assurance_scolaire", person_id=lea)
    merge = await counter.merge(kept.home.household, former.home.household)
    assert merge.status_code == 201, merge.text
    service.advance(days=1)
    (seen,) = (await kept.own())["items"]
    assert (seen["document_id"], seen["person_id"]) == (document_id, kept.home.child_ids[0]), (
        "who is one person is that one"
    )
    assert (await kept.page(seen)).status_code == 200
    (listed,) = await kept.listed(household_id=str(kept.home.household.household_id))
    assert listed["reference"] == kept.home.household.reference
    assert (await counter.undo(merge)).status_code == 200
    assert (await kept.own())["items"] == []
    (own,) = (await former.own())["items"]
    assert own["person_id"] == lea
    async with service.db.transaction() as tx:
        await erase_household(tx, former.home.household.household_id)
    assert await service.db.fetchval("select count(*) from documents") == 0


async def test_a_protected_address_closes_documents_to_those_who_may_not_read_it(
    service: RunningService, desk: Desk
) -> None:
    papers = await parents_of(service, desk, "Anne")
    document_id = await papers.sent()
    director = service.as_agent(Role.DIRECTOR)
    household_id = papers.home.household.household_id
    body = {"reason": "Ordonnance de protection", "starts_on": "2026-09-01"}
    path = f"/households/{household_id}/protection"
    answer = await service.client.put(path, json=body, headers=director)
    assert answer.is_success, answer.text
    document = (await papers.read(document_id, papers.desk)).json()
    refused = await papers.page(document, papers.desk)
    assert (refused.status_code, refused.json()["code"]) == (409, "document_protected")
    assert (await papers.page(document, director)).status_code == 200
    assert (await papers.page(document)).status_code == 200
    noted = await service.db.fetch("select action, subject from history where action = 'protected_document_seen'")
    assert [UUID(row["subject"]) for row in noted] == [UUID(document_id)]


async def test_contents_without_a_row_are_swept_up_once_they_are_old(
    service: RunningService, desk: Desk, secrets_dir: Path
) -> None:
    papers = await parents_of(service, desk, "Anne")
    await papers.sent()
    contents: Contents = service.service.provide[Contents]
    (known,) = [row["blob"] for row in await service.db.fetch("select blob from document_pages")]
    await contents.blobs.put("stray", b"left over")
    await service.run_job("sweep_documents")
    assert await contents.blobs.get("stray") == b"left over", "its row may be on its way"
    for path in store_of(secrets_dir).iterdir():
        os.utime(path, (0, 0))
    await service.run_job("sweep_documents")
    assert await contents.blobs.get("stray") is None
    assert await contents.blobs.get(known) is not None
