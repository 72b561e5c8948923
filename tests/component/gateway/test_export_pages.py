"""An adult takes their whole file away: gathered from every service, made in the background, and without what is another adult's."""

import io
import json
import re
import zipfile

import jsonschema_rs
import pytest

from tests.component.family.papers import jpeg
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.test_certificate_pages import enrolled
from tests.component.gateway.test_document_pages import begun, send
from tests.component.gateway.town import Town
from tests.support.certificates import words as printed

pytestmark = pytest.mark.anyio

PATH = "/mes-donnees"


async def archive_of(parent: Browser) -> tuple[str, zipfile.ZipFile]:
    """The address of the first archive of the page, and what is in it."""
    link = re.search(rf'href="({PATH}/[0-9a-f-]{{36}})"', (await parent.get(PATH)).text)
    assert link is not None
    answer = await parent.get(link[1])
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    return link[1], zipfile.ZipFile(io.BytesIO(answer.content))


async def test_the_whole_file_is_gathered_made_and_taken_away(town: Town) -> None:
    parent, family = await enrolled(town)
    service = town.services["family"]
    address = await begun(parent, "La famille", "Livret de famille")
    await parent.landing(await send(parent, address, [jpeg()], step="send"))
    assert "Aucune demande en cours" in words(await parent.get(PATH))
    page = words(await parent.submit(PATH))
    assert "Services rassemblés : 5 sur 5" in page.replace("\u00a0", " ")
    assert "L’archive se prépare" in page
    await service.run_job("make_exports")
    link, archive = await archive_of(parent)
    names = archive.namelist()
    assert names == ["documents/001-livret_famille.pdf", "donnees.json", "dossier.pdf", "schema.json"]
    whole, schema = (json.loads(archive.read(name)) for name in ("donnees.json", "schema.json"))
    jsonschema_rs.validate(schema, whole)
    assert set(whole["parts"]) == {"identity", "family", "booking", "billing", "notifications"}
    enrollments = {section["name"]: section["rows"] for section in whole["parts"]["booking"]["sections"]}["enrollments"]
    assert [row["status"] for row in enrollments] == ["validated"]
    assert "Inscriptions et réservations" in printed(archive.read("dossier.pdf"))
    stored = await service.db.fetchval("select archive from exports")
    assert stored[:2] != b"PK", "it is sealed"
    other, _ = await town.parent()
    assert (await other.get(link)).status_code == 404
    service.advance(days=8)
    await service.run_job("forget_exports")
    assert (await parent.get(link)).status_code == 404
    service.advance(days=-8)
    assert family.household_id


async def test_a_service_that_is_stopped_is_asked_again_and_no_other_adult_is_told_of(town: Town) -> None:
    parent, _ = await enrolled(town)
    async with town.without("billing"):
        page = words(await parent.submit(PATH))
        assert "4 sur 5" in page
        assert "Un service n’a pas répondu" in page
    assert "5 sur 5" in words(await parent.submit(PATH))
    await town.services["family"].run_job("make_exports")
    _, archive = await archive_of(parent)
    text = archive.read("donnees.json").decode()
    adults = next(
        section["rows"] for section in json.loads(text)["parts"]["family"]["sections"] if section["name"] == "adults"
    )
    assert {frozenset(row) for row in adults} == {frozenset(("first_name", "last_name"))}
