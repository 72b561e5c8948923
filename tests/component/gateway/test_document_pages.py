"""A family sends a document with plain forms, an agent reads it and decides, and each finds the next step on the page."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.family.papers import jpeg, pdf
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PATH = "/mon-espace-de-stockage"


async def send(
    browser: Browser, address: str, files: Sequence[bytes], headers: dict[str, str] | None = None, **fields: str
) -> httpx2.Response:
    """Post the form of the page at an address as a browser does that has files."""
    page = await browser.get(address)
    form = {"csrf_token": browser.form_token, "idempotency_key": hidden(page, "idempotency_key"), **fields}
    for name in ("pour", "piece", "household_id"):
        if f'name="{name}"' in page.text:
            form.setdefault(name, hidden(page, name))
    parts = [("content", (f"{number}.bin", content)) for number, content in enumerate(files)]
    path = urlsplit(address).path
    return await browser.http.post(path, data=form, files=parts, headers={"Origin": browser.origin, **(headers or {})})


async def step(browser: Browser, page: httpx2.Response, label: str) -> str:
    """Where the link of a step leads."""
    link = next(match for match in re.finditer(r'<a href="([^"]+)"><span>(.*?)</span>', page.text) if label in match[2])
    return link[1].replace("&amp;", "&")


async def begun(browser: Browser, whom: str, kind: str) -> str:
    """The address of the form, after the taps that lead there."""
    tiles = await browser.get("/mes-demarches")
    assert f'href="{PATH}/envoyer"' in tiles.text
    kinds = await browser.get(await step(browser, await browser.get(f"{PATH}/envoyer"), whom))
    return await step(browser, kinds, kind)


async def test_a_document_goes_from_three_taps_to_a_decision(town: Town) -> None:
    parent, household = await town.parent()
    address = await begun(parent, "La famille", "Livret de famille")
    assert parse_qs(urlsplit(address).query) == {"pour": ["famille"], "piece": ["livret_famille"]}
    page = await parent.landing(await send(parent, address, [jpeg(), pdf("one", "two")], step="send"))
    assert "Votre document est envoyé" in words(page)
    assert "Envoyé, en attente" in words(page)
    (own,) = set(re.findall(rf'href="({PATH}/[0-9a-f-]{{36}})"', page.text))
    shown = await parent.get(own)
    pictures = re.findall(r'<img src="([^"]+)"', shown.text)
    assert len(pictures) == 3
    picture = await parent.get(pictures[2].replace("&amp;", "&"))
    assert (picture.headers["content-type"], picture.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
    assert picture.headers["content-security-policy"].startswith("sandbox")
    assert picture.headers["cache-control"] == "no-store"
    whole = await parent.get(f"{own}/document.pdf")
    assert whole.headers["content-disposition"] == 'attachment; filename="livret_famille.pdf"'
    await _decided(town, household, own.rpartition("/")[2])
    assert "Valable sans date de fin" in words(await parent.get(PATH))


async def _decided(town: Town, household: Household, document_id: str) -> None:
    """An agent finds the document in the list and in the family's file, and validates it."""
    agent = await town.agent(Role.FRONT_DESK)
    assert household.reference in words(await agent.get("/agents/documents"))
    tab = await agent.get(f"/agents/familles/{household.household_id}/documents")
    assert f"/agents/documents/{document_id}" in tab.text
    assert "Documents 1 à décider" in words(tab)
    page = await agent.get(f"/agents/documents/{document_id}")
    assert page.text.count("<img") == 3
    picture = re.findall(r'<img src="([^"]+)"', page.text)[0].replace("&amp;", "&")
    assert (await agent.get(picture)).status_code == 200
    refused = await agent.submit(f"/agents/documents/{document_id}/decision", {"decision": "refuse", "words": "Flou"})
    assert is_refused(refused)
    assert "Flou" in refused.text, "what was typed is kept"
    await agent.get(f"/agents/documents/{document_id}")
    answer = await agent.done(f"/agents/documents/{document_id}/decision", {"decision": "validate", "ends_on": ""})
    assert "Le document est validé" in words(await agent.landing(answer))
    assert "Validé" in words(await agent.get(f"/agents/documents/{document_id}"))


async def test_documents_that_wait_lead_to_each_other_by_link_and_key(town: Town) -> None:
    parent, household = await town.parent()
    for _ in range(3):
        address = await begun(parent, "La famille", "Livret de famille")
        await parent.landing(await send(parent, address, [jpeg()], step="send"))
    agent = await town.agent(Role.FRONT_DESK)
    tab = await agent.get(f"/agents/familles/{household.household_id}/documents")
    first, second, third = dict.fromkeys(re.findall(r"/agents/documents/[0-9a-f-]{36}", tab.text))
    page = await agent.get(second)
    for key, label, url in (("k", "Précédent", first), ("j", "Suivant", third)):
        assert re.search(
            rf'href="{url}">.*?<span>{label}</span><kbd data-key="{key}" aria-hidden="true" hidden>', page.text
        )
    assert re.search(r'value="validate">.*?<kbd data-key="a"', page.text)


async def test_a_refused_file_leaves_the_others_and_the_draft_goes_on(town: Town) -> None:
    parent, _ = await town.parent()
    address = await begun(parent, "La famille", "Justificatif de domicile")
    empty = await parent.landing(await send(parent, address, [], step="send", marked_on="2020-01-01"))
    assert is_refused(empty)
    assert 'value="2020-01-01"' in empty.text
    draft = await parent.landing(await send(parent, address, [jpeg(), b"MZ"], step="send"))
    assert is_refused(draft)
    assert "Fichier 2 : Ce fichier n’est ni un PDF ni une photo" in words(draft).replace("\u00a0", " ")
    assert draft.text.count("<img") == 1
    own = str(draft.url.path)
    assert "À terminer" in words(await parent.get(PATH))
    kept = await parent.landing(await send(parent, own, [jpeg()], step="keep"))
    assert "Rien n’est encore envoyé" in words(kept)
    undated = await parent.landing(await send(parent, own, [], step="send"))
    assert is_refused(undated)
    assert "Indiquez la date demandée, comme elle est écrite sur le document" in words(undated)
    today = await town.booking.today()
    sent = await send(parent, own, [], step="send", marked_on=str(today), headers={"X-Upload": "1"})
    assert (sent.status_code, sent.headers["x-upload"]) == (204, PATH), "a script is told where to go on"
    deleted = await parent.landing(await parent.done(f"{own}/suppression"))
    assert "Le document est supprimé" in words(deleted)
    assert (await parent.get(own)).status_code == 404


async def test_a_form_that_comes_twice_makes_one_document(town: Town) -> None:
    parent, _ = await town.parent()
    address = await begun(parent, "La famille", "Livret de famille")
    page = await parent.get(address)
    form = {name: hidden(page, name) for name in ("csrf_token", "idempotency_key", "pour", "piece", "household_id")}
    for _ in range(2):
        answer = await parent.http.post(
            f"{PATH}/envoyer",
            data=form | {"step": "send"},
            files=[("content", ("a.jpg", jpeg()))],
            headers={"Origin": parent.origin},
        )
        assert answer.headers["location"] == PATH
    listed = await parent.get(PATH)
    assert len(set(re.findall(rf'href="({PATH}/[0-9a-f-]{{36}})"', listed.text))) == 1


async def test_another_family_and_an_agent_without_the_permission_find_nothing(town: Town) -> None:
    parent, _ = await town.parent()
    stranger, _ = await town.parent()
    address = await begun(parent, "La famille", "Livret de famille")
    page = await parent.landing(await send(parent, address, [jpeg()], step="send"))
    own = re.findall(rf'href="({PATH}/[0-9a-f-]{{36}})"', page.text)[0]
    picture = re.findall(r'<img src="([^"]+)"', (await parent.get(own)).text)[0].replace("&amp;", "&")
    for path in (own, picture, f"{own}/document.pdf"):
        assert (await stranger.get(path)).status_code == 404, path
    agent = await town.agent(Role.FINANCE)
    assert (await agent.get("/agents/documents")).status_code == 403
    assert "/agents/documents" not in (await agent.get("/agents")).text
