"""Pages of an account that stands for two parents: who acts is asked, named, and changed; what one of them typed is not the other one's."""

from typing import Any

import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.town import PASSWORD, Town, accept_terms, choose_credentials, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

HOME = "/mon-accueil"


async def shared(town: Town) -> tuple[Browser, Household]:
    """The browser of somebody who opened the account of both parents, and chose credentials."""
    family, body = town.services["family"], household_body()
    other = {"civility": "madame", "first_name": "Claude", "last_name": "Autre", "email": body["guardian"]["email"]}
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    answer = await family.client.post("/households", json={**body, "co_guardian": other}, headers=headers)
    assert answer.status_code == 201, answer.text
    await town.settle()
    mailed = await town.credential()
    identity = town.services["identity"].client
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    browser = await town.signed_in(mailed.username, mailed.temporary_password)
    await choose_credentials(browser)
    return browser, Household.model_validate_json(answer.content)


async def act_as(browser: Browser, household: Household, number: int, **fields: Any) -> str:
    """Choose one of them; where that leads."""
    await browser.get("/qui-agit")
    fields |= {"guardian_id": str(household.adults[number].adult_id)}
    return str((await browser.done("/qui-agit", fields)).headers["location"])


async def test_who_acts_is_asked_before_anything_else(town: Town) -> None:
    browser, household = await shared(town)
    assert (await browser.get(HOME)).headers["location"] == "/qui-agit"
    page = words(await browser.get("/qui-agit"))
    assert f"Dominique {household.adults[0].last_name}" in page
    assert f"Claude Autre Dossier {household.reference}" in page
    assert await act_as(browser, household, 1) == "/premiere-connexion/conditions"
    await accept_terms(browser)
    home = words(await browser.get(HOME))
    assert "Bonjour Madame AUTRE" in home
    assert "Vous agissez en tant que Madame Claude Autre. Changer de personne" in home


async def test_the_other_parent_accepts_the_terms_for_themself(town: Town) -> None:
    browser, household = await shared(town)
    await act_as(browser, household, 0)
    await accept_terms(browser)
    assert await act_as(browser, household, 1) == "/premiere-connexion/conditions"
    assert (await browser.get(HOME)).headers["location"] == "/premiere-connexion/conditions"
    await accept_terms(browser)
    assert await act_as(browser, household, 0) == "/espace"
    proof = (await browser.get("/mes-conditions/preuve")).text
    assert f"Par Dominique {household.adults[0].last_name}" in proof
    assert "Claude" not in proof


async def test_a_sign_in_leads_on_to_the_page_that_was_asked_for(town: Town) -> None:
    browser, household = await shared(town)
    await act_as(browser, household, 0)
    await accept_terms(browser)
    again = town.browser()
    fields = {"login": browser.username, "password": PASSWORD, "next": "/factures"}
    target = (await again.done("/connexion", fields)).headers["location"]
    assert target == "/qui-agit?retour=%2Ffactures"
    page = await again.get(target)
    assert 'name="next" value="/factures"' in page.text
    assert await act_as(again, household, 0, next="/factures") == "/factures"
    assert await act_as(again, household, 0, next="https://ailleurs.example/") == "/espace"


async def test_a_form_of_one_parent_is_not_sent_as_the_other(town: Town) -> None:
    """Two tabs: one shows a form of the mother, the other one says that the father acts now."""
    browser, household = await shared(town)
    for number in (1, 0):
        await act_as(browser, household, number)
        if number:
            await accept_terms(browser)
    await accept_terms(browser)
    await browser.get("/mes-coordonnees")
    of_father = browser.form_token
    await act_as(browser, household, 1)
    browser.form_token = of_father
    refused = await browser.post("/mes-coordonnees", {"phone": "06 11 11 11 11"})
    assert refused.status_code == 403
    contact = await browser.get("/mes-coordonnees")
    assert "06 11 11 11 11" not in contact.text


async def test_nobody_else_is_chosen(town: Town) -> None:
    browser, _ = await shared(town)
    other, _ = await town.household()
    for guardian_id in (str(other.adults[0].adult_id), "nobody", ""):
        await browser.get("/qui-agit")
        page = await browser.landing(await browser.post("/qui-agit", {"guardian_id": guardian_id}))
        assert "Ce compte ne sert pas ou ne sert plus à cette personne" in words(page)
    assert (await browser.get(HOME)).headers["location"] == "/qui-agit"


async def test_whoever_is_alone_has_nothing_to_choose(town: Town) -> None:
    browser, _ = await town.parent()
    assert (await browser.get("/qui-agit")).headers["location"] == HOME
    assert "Changer de personne" not in words(await browser.get(HOME))
    assert (await town.browser().get("/qui-agit")).status_code == 401


async def test_agents_see_one_account_of_both(town: Town) -> None:
    _, household = await shared(town)
    agent = await town.agent(Role.FRONT_DESK)
    page = words(await agent.get(f"/agents/familles/{household.household_id}/personnes"))
    names = f"Dominique {household.adults[0].last_name.upper()}, Claude AUTRE"
    assert page.count(names) >= 1
    assert page.count("Cette adresse est celle de plusieurs personnes") == 1
    assert "Chercher un compte en double" not in page, "it takes a permission of its own"
