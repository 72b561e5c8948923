"""A forgotten password, one's own credentials later, and a password given at the counter, as pages."""

import re
from uuid import uuid4

import pytest

from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.test_agent_pages import family_form
from tests.component.gateway.town import PASSWORD, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

OWN = "/mes-identifiants"
NEW_FAMILY = "/agents/familles/nouvelle"
FORGOTTEN = "/mot-de-passe-oublie"


async def test_the_answer_is_the_same_whoever_has_the_address(town: Town) -> None:
    _, household = await town.parent()
    pages = []
    for email in (household.adults[0].email, "personne@famille.example"):
        visitor = town.browser()
        await visitor.get(FORGOTTEN)
        sent = await visitor.submit(FORGOTTEN, {"email": email or ""})
        assert f"Adresse indiquée : {email}" in words(sent).replace("\u00a0", " ")
        assert str(email) not in str(sent.url)
        pages.append(words(sent).replace(email or "", ""))
        # Whoever has the address of the page alone sees none.
        assert "Adresse indiquée" not in words(await town.browser().get(str(sent.url.raw_path, "ascii")))
    assert pages[0] == pages[1]
    assert "Regardez votre boîte e-mail" in pages[0]


async def test_an_address_typed_where_one_signs_in_is_taken_from_there(town: Town) -> None:
    visitor = town.browser()
    await visitor.get("/connexion")
    answer = await visitor.post(FORGOTTEN, {"login": "parent@famille.example", "password": "mal-tapé"})
    assert answer.headers["location"].startswith(f"{FORGOTTEN}/envoye?envoi=")
    assert "parent@famille.example" in words(await visitor.landing(answer))
    answer = await visitor.post(FORGOTTEN, {"login": "dominique.testeur"})
    assert answer.headers["location"] == FORGOTTEN
    assert is_refused(await visitor.submit(FORGOTTEN, {"email": "pas une adresse"}))
    many = [await visitor.submit(FORGOTTEN, {"email": "flots@famille.example"}) for _ in range(5)]
    assert "Trop d’essais" in words(many[-1])


async def test_credentials_are_changed_by_whoever_knows_the_present_password(town: Town) -> None:
    for browser in ((await town.parent())[0], await town.agent(Role.FRONT_DESK)):
        page = await browser.get(OWN)
        assert f'value="{browser.username}"' in page.text
        fields = {"username": browser.username, "password": "velo-bleu-43", "password_confirmation": "velo-bleu-43"}
        page = await browser.submit(OWN, fields | {"current_password": "faux-faux-1"})
        assert is_refused(page)
        assert "velo-bleu-43" not in page.text
        former = browser.session_token
        assert f'href="{FORGOTTEN}"' in page.text
        same = {"username": browser.username, "current_password": PASSWORD, "password": "", "password_confirmation": ""}
        assert "Rien n’a changé" in words(await browser.submit(OWN, same))
        assert browser.session_token == former, "nothing was renewed, nor closed elsewhere"
        page = await browser.submit(OWN, fields | {"current_password": PASSWORD})
        assert "Vos autres connexions sont fermées" in words(page)
        assert browser.session_token != former
        assert await town.signed_in(browser.username, "velo-bleu-43")


async def test_nobody_else_is_shown_the_page(town: Town) -> None:
    assert (await town.browser().get(OWN)).status_code == 401
    newcomer, _ = await town.newcomer()
    assert (await newcomer.get(OWN)).headers["location"] == "/premiere-connexion/identifiants"


async def test_a_password_is_given_at_the_counter_and_shown_on_one_sheet(town: Town) -> None:
    """S4-6, S2-3: given by the manager."""
    _, household = await town.parent()
    desk = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    page = await desk.get(f"{file}/personnes")
    account = re.search(rf"{file}/mot-de-passe/([0-9a-f-]+)", page.text)
    assert account, words(page)
    answer = await desk.post(f"{file}/mot-de-passe/{account[1]}")
    sheet = await desk.landing(answer)
    given = re.search(r"\b[a-z]{4}\d-[a-z]{4}\d-[a-z]{4}\d\b", words(sheet))
    assert given, words(sheet)
    login = re.search(r"parent-[0-9a-f]{12}", words(sheet))
    assert login, words(sheet)
    browser = await town.signed_in(login[0], given[0])
    assert (await browser.landing(await browser.get("/espace"))).url.path == "/premiere-connexion/identifiants"
    again = await desk.landing(await desk.get(answer.headers["location"]))
    assert given[0] not in again.text, "a reload, or Back, shows it no more"
    assert (again.url.path, "donnez-en un autre depuis ce dossier" in words(again)) == (f"{file}/personnes", True)
    # The sheet has no address of its own, and nobody else opens the one that it has.
    assert (await desk.get(f"{file}/mot-de-passe")).headers["location"] == f"{file}/personnes"
    second = await desk.post(f"{file}/mot-de-passe/{account[1]}")
    other = await town.agent(Role.FRONT_DESK)
    assert (await other.get(second.headers["location"])).headers["location"] == f"{file}/personnes"
    assert "Mot de passe provisoire" in words(await desk.get(second.headers["location"])), "each sheet once"


async def test_each_adult_s_account_is_seen_and_invited_again(town: Town) -> None:
    """The account of the other parent was nowhere."""
    desk = await town.agent(Role.FRONT_DESK)
    await desk.get(NEW_FAMILY)
    other = {
        "co_guardian.civility": "monsieur",
        "co_guardian.first_name": "Paul",
        "co_guardian.last_name": "Durand",
        "co_guardian.email": f"{uuid4().hex}@famille.example",
    }
    file = (await desk.done(NEW_FAMILY, family_form() | other)).headers["location"]
    await town.settle()
    accounts = set(re.findall(r"/invitation/([0-9a-f-]+)", (await desk.get(f"{file}/personnes")).text))
    assert len(accounts) == 2
    for account_id in accounts:
        assert (await desk.done(f"{file}/invitation/{account_id}")).headers["location"] == f"{file}/personnes"


async def test_what_was_accepted_is_shown_and_given_as_a_file(town: Town) -> None:
    """S1-27: the proof can be exported by whoever accepted, and by the town."""
    parent, household = await town.parent()
    page = await parent.get("/mes-conditions")
    assert "Acceptées le" in words(page)
    own = await parent.get("/mes-conditions/preuve")
    assert own.headers["content-type"] == "text/plain; charset=utf-8"
    assert "attachment" in own.headers["content-disposition"]
    for text in ("PRÉAMBULE".title(), "mission d’intérêt public", "empreinte SHA-256"):
        assert text in own.text
    desk = await town.agent(Role.FRONT_DESK)
    file = f"/agents/familles/{household.household_id}"
    link = re.search(rf"{file}/conditions/[0-9a-f-]+", (await desk.get(f"{file}/personnes")).text)
    assert link
    assert (await desk.get(link[0])).text == own.text
    nothing = await desk.get("/mes-conditions")
    assert "Aucune condition générale" in words(nothing)
