"""Certificates in the towns of the guides, without scripts: asked for, kept with their state, downloaded, checked by whoever is handed one."""

import re

import pytest

from tests.component.gateway.browser import Browser, hidden, words
from tests.e2e.towns.test_days_and_invoices import ask
from tests.e2e.towns.town import GuideTown
from tests.support.certificates import code_on
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PATH = "/edition-de-documents"


async def asked(parent: Browser, kind: str) -> bytes:
    """The file of the first certificate of a kind that a parent is offered, of the first period that is proposed."""
    offered = await parent.get(PATH)
    link = re.search(rf'href="({PATH}/nouvelle\?attestation={kind}&amp;pour=[0-9a-f-]+)"', offered.text)
    assert link is not None, words(offered)
    form = await parent.get(link[1].replace("&amp;", "&"))
    fields = {name: hidden(form, name) for name in ("attestation", "pour")}
    if period := re.search(r'<option value="([^"]+)"', form.text):
        fields["period"] = period[1]
    page = await parent.submit(f"{PATH}/nouvelle", fields)
    assert "L’attestation est prête" in words(page)
    document = re.search(rf'href="({PATH}/{kind}/[0-9a-f-]{{36}})"', page.text)
    assert document is not None
    answer = await parent.get(document[1])
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


@in_towns("belfort")
async def test_a_document_is_edited_from_its_tile(town: GuideTown) -> None:
    """S0-38, without scripts: a tile leads to what can be produced, and the PDF is there at once."""
    parent = await town.parent()
    assert f'<a class="tile" href="{PATH}">' in (await parent.get("/mon-accueil")).text
    assert (await asked(parent, "household")).startswith(b"%PDF")


@in_towns("structure")
async def test_a_registration_certificate_is_asked_for(town: GuideTown) -> None:
    """S2-21: what waits for the service is said not to be certified yet; once it is validated the document is there, and anybody checks it."""
    asking = await ask(town)
    parent = asking.browser
    assert "Aucune inscription de cet enfant n’est validée" in words(await parent.get(PATH))
    await asking.validated()
    pdf = await asked(parent, "registration")
    number = re.search(r"INS-20\d\d-\d{6}", words(await parent.get(PATH)))
    assert number is not None
    visitor = town.browser()
    await visitor.get("/verifier")
    genuine = await visitor.submit("/verifier", {"number": number[0], "code": code_on(pdf)})
    assert "a bien été émise ici" in words(genuine)
