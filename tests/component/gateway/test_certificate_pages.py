"""A family has its enrollments certified and keeps the file, an agent does the same from its file, and whoever is handed one checks it without signing in."""

import re
from urllib.parse import urlencode

import httpx2
import pytest

from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import Town
from tests.factories.booking import Family
from tests.support.certificates import code_on
from tests.support.certificates import words as printed
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PATH = "/edition-de-documents"


async def enrolled(town: Town) -> tuple[Browser, Family]:
    """A parent whose child is enrolled."""
    parent, household = await town.parent()
    child_ids = tuple(child.child_id for child in household.children)
    family = Family(household.household_id, (household.adults[0].adult_id,), child_ids)
    await town.booking.enroll(family, await town.booking.activity())
    return parent, family


async def file_of(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """The first file of a list of certificates."""
    match = re.search(r'<a href="([^"]+/registration/[0-9a-f-]{36})"', page.text)
    assert match is not None
    return await browser.get(match[1])


async def checked(browser: Browser, number: str, code: str) -> httpx2.Response:
    """What the page of checks says of a number and a code."""
    await browser.get("/verifier")
    return await browser.submit("/verifier", {"number": number, "code": code})


async def test_a_certificate_is_issued_kept_and_checked_by_anybody(town: Town) -> None:
    parent, family = await enrolled(town)
    assert f'href="{PATH}"' in (await parent.get("/mes-demarches")).text
    offered = await parent.get(PATH)
    assert "Aucune feuille de présence close" in words(offered), "what cannot be certified is said, with why"
    assert "Aucune attestation pour l’instant" in words(offered)
    asked = {"attestation": "registration", "pour": str(family.child_id)}
    address = f"{PATH}/nouvelle?{urlencode(asked)}"
    assert address.replace("&", "&amp;") in offered.text or address in offered.text
    form = await parent.get(address)
    period = re.search(r'<option value="([^"]+)"', form.text)
    assert period is not None
    page = await parent.submit(f"{PATH}/nouvelle", {**asked, "period": period[1]})
    assert "L’attestation est prête" in words(page)
    pdf = await file_of(parent, page)
    assert pdf.headers["content-disposition"].startswith('attachment; filename="INS-')
    assert pdf.headers["cache-control"] == "no-store"
    number = re.search(r"INS-20\d\d-\d{6}", printed(pdf.content))
    assert number is not None
    visitor = town.browser()
    shown = await visitor.get(f"/verifier?{urlencode({'numero': number[0], 'code': code_on(pdf.content)})}")
    assert number[0] in shown.text, "the code that a telephone reads fills the form in"
    genuine = words(await checked(visitor, number[0], code_on(pdf.content)))
    assert "a bien été émise ici" in genuine
    assert "Lina" not in genuine
    wrong = await checked(visitor, number[0], "ABCD-EFGH-JKLM")
    assert is_refused(wrong)
    assert "Aucune attestation n’a ce numéro" in words(wrong)


async def test_an_agent_issues_from_the_file_and_what_is_nobodys_is_not_there(town: Town) -> None:
    parent, family = await enrolled(town)
    agent, path = await town.agent(Role.FRONT_DESK), f"/agents/familles/{family.household_id}/attestations"
    assert f'href="{path}"' in (await agent.get(path.rpartition("/")[0])).text
    asked = {"attestation": "household", "pour": str(family.guardian_id)}
    assert (await agent.get(f"{path}/nouvelle?{urlencode(asked)}")).status_code == 200
    page = await agent.submit(f"{path}/nouvelle", asked)
    assert "L’attestation est prête" in words(page)
    assert "FOY-" in words(await parent.get(PATH)), "the family finds it in its space"
    for unknown in ("attestation=x&pour=y", urlencode({**asked, "pour": str(family.child_id)})):
        assert (await agent.get(f"{path}/nouvelle?{unknown}")).status_code == 404
    assert (await (await town.agent(Role.SITE)).get(path)).status_code == 403


async def test_what_another_service_certifies_stays_when_one_is_stopped(town: Town) -> None:
    parent, _ = await enrolled(town)
    async with town.without("billing"):
        page = await parent.get(PATH)
    assert page.status_code == 200
    assert "Attestation de paiement" in words(page)
    assert "Attestation d’inscription" in words(page)
