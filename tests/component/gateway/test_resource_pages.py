"""A family declares its resources with plain forms, an agent decides beside the proof, and both see what counts, until when, and why the price is the highest."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.component.family.papers import jpeg
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_queue_pages import document
from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import write_town

pytestmark = pytest.mark.anyio

PATH = "/quotient-et-ressources"
DECLARE = f"{PATH}/declarer"


async def declare(browser: Browser, source: str, files: list[bytes] | None = None, **fields: str) -> httpx2.Response:
    """Post the form of a source as a browser does that has files."""
    page = await browser.get(f"{DECLARE}?origine={source}")
    form = {
        "csrf_token": browser.form_token,
        "idempotency_key": hidden(page, "idempotency_key"),
        "origine": source,
        "document_id": "",
        **fields,
    }
    parts = [("content", (f"{number}.bin", content)) for number, content in enumerate(files or [])]
    return await browser.http.post(DECLARE, data=form, files=parts, headers={"Origin": browser.origin})


def declaration_of(page: httpx2.Response) -> str:
    """The address of the first declaration that a page leads to."""
    return re.findall(r'href="(/agents/ressources/[0-9a-f-]{36})"', page.text)[0]


async def test_a_tax_notice_is_declared_decided_and_shown_with_its_income(town: Town) -> None:
    parent, household = await town.parent()
    shown = words(await parent.get(PATH))
    assert "Le tarif maximum s’applique" in shown
    assert "Quotient non connu" in shown
    steps = await parent.get(DECLARE)
    assert f'href="{DECLARE}?origine=tax_notice"' in steps.text
    today = str(await town.services["family"].db.today())
    typed = {"income_cents": "30 000", "child_count": "2", "marked_on": today}
    without = await parent.landing(await declare(parent, "tax_notice", **typed))
    assert is_refused(without)
    assert "30 000" in without.text, "what was typed is kept"
    answer = await declare(parent, "tax_notice", [jpeg()], **typed)
    landed = words(await parent.landing(answer))
    assert "Votre déclaration est envoyée" in landed
    assert "En cours d’examen" in landed
    agent = await town.agent(Role.FRONT_DESK)
    listed = await agent.get("/agents/ressources")
    assert household.reference in words(listed)
    path = declaration_of(await agent.get(f"/agents/familles/{household.household_id}/ressources"))
    page = await agent.get(path)
    assert page.text.count("<img") == 1
    assert "833,33" in words(page).replace("\u202f", " ")
    proof = await agent.get(
        re.findall(r'href="(/agents/documents/[0-9a-f-]{36})"', (await agent.get("/agents/documents")).text)[-1]
    )
    assert f'href="{path}"' in proof.text
    assert "Valider et passer" not in words(proof)
    await agent.get(path)
    refused = await agent.submit(f"{path}/decision", {"decision": "refuse", "words": "Illisible"})
    assert is_refused(refused)
    assert "Illisible" in refused.text
    await agent.get(path)
    fields: dict[str, Any] = {
        "decision": "accept",
        "entry.source": "tax_notice",
        "entry.income_cents": "30 000",
        "entry.child_count": "2",
        "entry.effective_on": "2026-09-01",
    }
    assert "La déclaration est acceptée" in words(await agent.landing(await agent.done(f"{path}/decision", fields)))
    own = words(await parent.get(PATH))
    assert "En vigueur" in own
    assert "833,33" in own
    assert "Avis d’imposition" in own
    assert "30 000,00" in own.replace("\u202f", " ").replace("\xa0", " ")


async def test_a_proof_that_is_there_already_serves_again(town: Town) -> None:
    parent, _ = await town.parent()
    today = str(await town.services["family"].db.today())
    first = await declare(parent, "caf", [jpeg()], value_cents="652,50", month="2026-08", marked_on=today)
    assert "Votre déclaration est envoyée" in words(await parent.landing(first))
    page = await parent.get(f"{DECLARE}?origine=caf")
    (proof,) = re.findall(r'<input[^>]*name="document_id"[^>]*value="([0-9a-f-]{36})"', page.text)
    again = await declare(parent, "caf", document_id=proof, value_cents="640")
    shown = await parent.landing(again)
    assert "640,00" in words(shown)
    withdrawal = re.findall(rf'action="({PATH}/[0-9a-f-]{{36}}/retrait)"', shown.text)[0]
    assert "Votre déclaration est retirée" in words(await parent.landing(await parent.done(withdrawal)))


async def test_an_agent_sees_what_a_quotient_cuts_before_it_is_noted(town: Town) -> None:
    _, household = await town.parent()
    agent = await town.agent(Role.FRONT_DESK)
    path = f"/agents/familles/{household.household_id}"
    await agent.get(f"{path}/ressources")
    typed = {"value_cents": "650", "source": "caf", "effective_on": "2026-01-01", "ends_on": "2027-06-30"}
    await agent.done(f"{path}/quotient", {**typed, "step": "save"})
    typed = {"value_cents": "400", "source": "caf", "effective_on": "2027-03-15", "ends_on": ""}
    await agent.get(f"{path}/ressources")
    preview = await agent.submit(f"{path}/quotient", {**typed, "step": "preview"})
    assert "compte jusqu’au dimanche 14 mars 2027 (avant : mercredi 30 juin 2027)" in words(preview)
    edited = await agent.submit(f"{path}/quotient", {**typed, "step": "edit"})
    assert 'value="400"' in edited.text
    noted = await agent.landing(await agent.done(f"{path}/quotient", {**typed, "step": "save"}))
    assert "Le quotient familial est enregistré" in words(noted)
    assert "14/03/2027" in words(noted)
    wrong = await agent.submit(f"{path}/quotient", {**typed, "value_cents": "x", "step": "preview"})
    assert field_errors(wrong) == {"value_cents"}


async def test_who_pays_most_for_want_of_a_quotient_is_a_list_and_a_file(town: Town) -> None:
    _, household = await town.parent()
    agent = await town.agent(Role.DIRECTOR)
    cursor = "/agents/ressources/sans-quotient"
    while household.reference not in (page := await agent.get(cursor)).text:
        cursor = re.findall(r'href="([^"]*suite=[^"]+)"', page.text)[-1].replace("&amp;", "&")
    assert "Quotient non connu" in words(page)
    table = await agent.get("/agents/ressources/sans-quotient/tableau")
    assert table.headers["content-type"].startswith("text/csv")
    assert f"{household.reference};" in table.content.decode("utf-8-sig")


async def test_who_invoices_sees_who_pays_most_and_decides_no_quotient(town: Town) -> None:
    """The entry of the menu leads there; a file opens, and what families declared of their resources does not."""
    _, household = await town.parent()
    finance = await town.agent(Role.FINANCE)
    assert 'href="/agents/ressources"' in (await finance.get("/agents")).text
    listed = await finance.landing(await finance.get("/agents/ressources"))
    assert "tarif maximum" in words(listed).lower()
    table = await finance.get("/agents/ressources/sans-quotient/tableau")
    assert f"{household.reference};" in table.content.decode("utf-8-sig")
    for path in re.findall(r'href="(/agents/familles/[0-9a-f-]{36})"', listed.text)[:1]:
        assert (await finance.get(path)).status_code == 200
    assert (await finance.get(f"/agents/familles/{household.household_id}/ressources")).status_code == 403


@pytest.fixture
async def plain_town(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """A town that names no document for a source and computes no quotient."""
    folder = tmp_path_factory.mktemp("plain")
    file = write_town(folder, base=town_file(folder, "belfort"), family={"resources": {}})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


async def test_where_the_town_names_no_proof_a_family_chooses_its_own_or_is_told_where_to_send_it(
    plain_town: Town,
) -> None:
    parent, household = await plain_town.parent()
    first = await parent.get(DECLARE)
    assert "origine=tax_notice" not in first.text, "it bears no quotient to copy"
    assert "Vous n’avez qu’un avis d’imposition" in words(first)
    assert "Quel justificatif" in words(await parent.get(f"{DECLARE}?origine=tax_notice"))
    assert "Envoyez d’abord votre justificatif" in words(await parent.get(f"{DECLARE}?origine=caf"))
    await document(plain_town, household)
    page = await parent.get(f"{DECLARE}?origine=caf")
    assert "Livret de famille" in words(page)
    assert not re.search(r'name="document_id"[^>]*checked', page.text), "another document proves nothing by itself"
    assert "Votre justificatif n’est pas dans cette liste" in words(page)
    assert 'href="/mon-espace-de-stockage/envoyer"' in page.text
