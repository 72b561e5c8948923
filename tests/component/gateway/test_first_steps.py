"""From the welcome mail to an open space: the link that changes nothing by itself, and the steps that come before all."""

from uuid import uuid4

import httpx2
import pytest

from contracts.types import AccountStatus, SessionStage
from tests.component.gateway.browser import ORIGIN, Browser, hidden, is_refused, words
from tests.component.gateway.town import PASSWORD, Town, accept_terms, choose_credentials
from tests.support.roles import Role, agent_body

pytestmark = pytest.mark.anyio

COOKIE = "__Host-activation"
PRIVATE_PAGES = [
    "/mon-accueil",
    "/inscriptions",
    "/inscriptions/nouvelle",
    "/calendrier",
    "/factures",
    "/factures/00000000-0000-0000-0000-000000000000",
    "/factures/00000000-0000-0000-0000-000000000000/pdf",
    "/paiement/retour",
]
PRIVATE_RESOURCES = ["/household", "/enrollments", "/invoices", "/calendar?from_on=2026-09-01&to_on=2026-09-07"]
CREDENTIALS, TERMS = "/premiere-connexion/identifiants", "/premiere-connexion/conditions"


async def test_link_leaves_the_address_and_activates_at_the_press_of_a_button(town: Town) -> None:
    household, mailed = await town.household()
    browser = town.browser()
    answer = await browser.get(f"/activation/{mailed.activation_token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/activation")
    (cookie,) = answer.headers.get_list("set-cookie")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax", "max-age=3600"} <= attributes
    page = await browser.get("/activation")
    assert mailed.activation_token not in page.text
    link = {"link": hidden(page, "link")}
    assert await status_of(town, household.payer_adult_id) is AccountStatus.INVITED
    for done in (await browser.submit("/activation", link), await browser.get("/activation")):
        assert "Votre espace est activé" in words(done)
    assert mailed.activation_token not in browser.http.cookies[COOKIE]
    assert await status_of(town, household.payer_adult_id) is AccountStatus.ACTIVATED


async def test_link_works_once(town: Town) -> None:
    _, mailed = await town.household()
    for is_first in (True, False):
        answer = await follow(town.browser(), mailed.activation_token)
        assert is_refused(answer) is not is_first
    assert "Votre espace est activé" not in words(answer)


async def test_a_link_that_works_no_more_says_so_before_anything_is_pressed(town: Town) -> None:
    """Pages said "Il ne reste qu'un geste" of a link that was used up, replaced or cut."""
    household, mailed = await town.household()
    browser = town.browser()
    assert "Il ne reste qu’un geste" in words(await opened(browser, mailed.activation_token))
    for _ in range(3):
        await opened(town.browser(), mailed.activation_token)
    assert await status_of(town, household.payer_adult_id) is AccountStatus.INVITED
    cut = await opened(town.browser(), mailed.activation_token[:-3])
    await follow(browser, mailed.activation_token)
    used = await opened(town.browser(), mailed.activation_token)
    for page in (cut, used):
        assert is_refused(page)
        assert "Il ne reste qu’un geste" not in words(page)
        assert 'href="/mot-de-passe-oublie"' in page.text
    assert "mairie" in words(cut)
    assert "Votre espace est déjà ouvert" in words(used)
    assert "ouvrez le lien reçu" not in words(used)


async def opened(browser: Browser, token: str) -> httpx2.Response:
    """The page that an activation link leads to."""
    return await browser.landing(await browser.get(f"/activation/{token}"))


async def test_both_of_two_equal_posts_lead_on(town: Town) -> None:
    """A double press on "Valider" renewed the session, and led the second of the two to the sign-in page."""
    browser, _ = await town.newcomer()
    await browser.get(CREDENTIALS)
    former, token = browser.session_token, browser.form_token
    fields = {"username": f"double-{uuid4().hex[:8]}", "password": PASSWORD, "password_confirmation": PASSWORD}
    await browser.done(CREDENTIALS, fields)
    present = browser.session_token
    headers = {"Origin": ORIGIN, "Cookie": f"__Host-session={former}"}
    async with town.browser().http as stale:
        second = await stale.post(CREDENTIALS, data=fields | {"csrf_token": token}, headers=headers)
    assert second.status_code == 303
    assert browser.session_token == present
    assert (await browser.landing(await browser.get(second.headers["location"]))).url.path == TERMS


async def test_link_that_was_never_sent_says_what_to_do(town: Town) -> None:
    for token in ("0" * 43, "x", "é" * 100):
        browser = town.browser()
        await browser.get(f"/activation/{token}")
        answer = await browser.submit("/activation")
        assert is_refused(answer)
        assert "mairie" in words(answer)


async def test_each_of_two_links_in_one_browser_activates_its_own_space(town: Town) -> None:
    """Two parents at one computer: whoever presses the button is told of the space of the link that they opened."""
    browser, links = town.browser(), []
    households = [await town.household() for _ in range(2)]
    for _, mailed in households:
        await browser.get(f"/activation/{mailed.activation_token}")
        links.append({"link": hidden(await browser.get("/activation"), "link")})
    page = await browser.submit("/activation", links[0])
    assert is_refused(page)
    assert "Un autre lien d’activation a été ouvert" in words(page)
    assert "Votre espace est activé" in words(await browser.submit("/activation", links[1]))
    assert is_refused(await browser.submit("/activation", links[0]))
    statuses = [await status_of(town, household.payer_adult_id) for household, _ in households]
    assert statuses == [AccountStatus.INVITED, AccountStatus.ACTIVATED]
    assert "Votre espace est activé" in words(await follow(browser, households[0][1].activation_token))


@pytest.mark.parametrize("token", ["activated", "activated.0123456789abcdef", "€", "x"])
async def test_an_address_that_is_no_link_activates_nothing(town: Town, token: str) -> None:
    browser = town.browser()
    assert (await browser.get(f"/activation/{token}")).status_code in (303, 404)
    page = await browser.get("/activation")
    assert "ouvrez le lien reçu par e-mail" in words(page)
    assert "est activé" not in words(page)


async def follow(browser: Browser, token: str) -> httpx2.Response:
    """Open an activation link and press the button, if there is one."""
    await browser.get(f"/activation/{token}")
    page = await browser.get("/activation")
    return page if is_refused(page) else await browser.submit("/activation", {"link": hidden(page, "link")})


async def test_whoever_is_signed_in_here_leaves_before_another_s_link_is_used(town: Town) -> None:
    """On a telephone that two share, the way from one's own mail ended in the other's space."""
    parent, household = await town.parent()
    _, mailed = await town.household()
    page = await opened(parent, mailed.activation_token)
    assert household.adults[0].last_name in words(page)
    assert "Ce n’est pas moi" in words(page)
    assert "Activer mon espace" not in words(page)
    assert "Ce n’est pas moi" in words(await parent.submit("/activation", {"link": "0"}))
    page = await parent.submit("/activation/autre-personne")
    assert page.url.path == "/activation"
    assert "Votre espace est activé" in words(await parent.submit("/activation", {"link": hidden(page, "link")}))
    assert (await parent.get("/mon-accueil")).status_code == 401
    assert 'name="password"' in (await parent.get("/connexion")).text


async def test_a_link_for_a_forgotten_password_says_what_it_does(town: Town) -> None:
    """It called itself an activation, and nothing said that the present password would end."""
    parent, household = await town.parent()
    visitor = town.browser()
    await visitor.get("/mot-de-passe-oublie")
    sent = await visitor.submit("/mot-de-passe-oublie", {"email": str(household.adults[0].email)})
    assert str(household.adults[0].email) in words(sent)
    assert "tant que vous n’avez pas suivi le lien" in words(sent)
    assert "moins de 5 minutes" in words(sent)
    await town.settle()
    page = await opened(visitor, (await town.credential()).activation_token)
    assert "Votre mot de passe actuel cessera" in words(page)
    assert "Activer" not in words(page)
    for done in (await visitor.submit("/activation", {"link": hidden(page, "link")}), await visitor.get("/activation")):
        assert "Votre mot de passe est changé" in words(done)
    assert (await parent.get("/mon-accueil")).status_code == 401


async def test_an_agent_s_first_screen_is_their_own_home(town: Town) -> None:
    """After choosing a password the first screen was "Cette page n'existe pas"."""
    identity = town.services["identity"]
    body = agent_body(f"agent-{uuid4().hex[:12]}", Role.FRONT_DESK)
    answer = await identity.client.post("/agents", json=body, headers=identity.as_system() | identity.key())
    assert answer.status_code == 201, answer.text
    await town.settle()
    mailed, browser = await town.credential(), town.browser()
    await follow(browser, mailed.activation_token)
    await browser.get("/connexion")
    login = {"login": mailed.username, "password": mailed.temporary_password}
    page = await browser.submit("/connexion", login)
    assert page.url.path == CREDENTIALS
    fields = {"username": body["username"], "password": PASSWORD, "password_confirmation": PASSWORD}
    home = await browser.submit(CREDENTIALS, fields)
    assert (home.url.path, home.status_code) == ("/agents", 200)


async def test_another_site_cannot_press_the_button(town: Town) -> None:
    household, mailed = await town.household()
    browser = town.browser()
    await browser.get(f"/activation/{mailed.activation_token}")
    assert (await browser.post("/activation", headers={"Origin": "https://evil.example"})).status_code == 403
    assert await status_of(town, household.payer_adult_id) is AccountStatus.INVITED


async def test_nothing_private_is_open_before_credentials_and_terms(town: Town) -> None:
    browser, _ = await town.newcomer()
    for step, stage, finish in (
        (CREDENTIALS, SessionStage.CHOOSE_CREDENTIALS, choose_credentials),
        (TERMS, SessionStage.ACCEPT_TERMS, accept_terms),
    ):
        for path in PRIVATE_PAGES:
            answer = await browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, step), path
        bearer = {"Authorization": f"Bearer {browser.session_token}"}
        for path in PRIVATE_RESOURCES:
            problem = await browser.get(f"/api/v1{path}", headers=bearer)
            assert (problem.status_code, problem.json()["code"]) == (403, stage.value), path
        await finish(browser)
    assert (await browser.get("/mon-accueil")).status_code == 200


async def test_a_step_is_open_at_its_own_stage_only(town: Town) -> None:
    browser, _ = await town.newcomer()
    assert (await browser.get(TERMS)).headers["location"] == CREDENTIALS
    await browser.get(CREDENTIALS)
    assert (await browser.post(TERMS, {"is_accepted": "true"})).headers["location"] == CREDENTIALS
    await choose_credentials(browser)
    assert (await browser.get(CREDENTIALS)).headers["location"] == TERMS


async def test_new_credentials_renew_the_session(town: Town) -> None:
    browser, _ = await town.newcomer()
    former = browser.session_token
    await choose_credentials(browser)
    assert browser.session_token != former
    browser.http.cookies.set("__Host-session", former, domain="portail.valmont.example", path="/")
    assert (await browser.get("/mon-accueil")).status_code == 401


async def test_wrong_credentials_are_said_by_their_field_and_never_shown_again(town: Town) -> None:
    browser, _ = await town.newcomer()
    await browser.get(CREDENTIALS)
    fields = {"username": "ab", "password": "court", "password_confirmation": "autre"}
    answer = await browser.submit(CREDENTIALS, fields)
    assert is_refused(answer)
    assert 'href="#champ-password"' in answer.text
    assert 'value="ab"' in answer.text
    assert "court" not in answer.text
    assert "autre" not in answer.text


async def test_terms_are_accepted_by_ticking_the_box_after_reading_them(town: Town) -> None:
    browser, _ = await town.newcomer()
    await choose_credentials(browser)
    page = await browser.get(TERMS)
    fields = {"version": hidden(page, "version"), "end_token": hidden(page, "end_token")}
    for refused in (fields, {**fields, "is_accepted": "true", "end_token": "x"}):
        assert is_refused(await browser.submit(TERMS, refused))
    assert (await browser.get("/mon-accueil")).headers["location"] == TERMS


async def status_of(town: Town, guardian_id: object) -> AccountStatus:
    """The step of a guardian's account."""
    identity = town.services["identity"]
    answer = await identity.client.get(f"/accounts?guardian_id={guardian_id}", headers=identity.as_agent(Role.DIRECTOR))
    return AccountStatus(answer.json()["items"][0]["status"])


@pytest.mark.parametrize("step", [CREDENTIALS, TERMS])
async def test_first_step_already_done_leads_home(town: Town, step: str) -> None:
    """A double click, or Back, once everything is done."""
    parent, _ = await town.parent()
    for browser, home in ((parent, "/mon-accueil"), (await town.agent(Role.FRONT_DESK), "/agents")):
        await browser.get(home)
        for answer in (await browser.get(step), await browser.post(step, {})):
            assert (answer.status_code, answer.headers["location"]) == (303, home)


async def test_cancelling_a_step_ends_the_session_and_says_so(town: Town) -> None:
    """It led home in silence and left the session open."""
    browser, _ = await town.newcomer()
    await choose_credentials(browser)
    assert 'formaction="/premiere-connexion/annuler" formnovalidate><span>Annuler' in (await browser.get(TERMS)).text
    home = await browser.get("/")
    assert "Votre première connexion n’est pas terminée" in words(home)
    assert f'href="{TERMS}">' in home.text
    await browser.get(TERMS)
    left = await browser.submit("/premiere-connexion/annuler", {"step": "previous"})
    assert left.url.path == "/"
    assert "Vous avez quitté la première connexion" in words(left)
    assert "n’est pas terminée" not in words(left)
    assert (await browser.get(TERMS)).status_code == 401


async def test_the_home_page_leads_to_where_a_space_is_asked_for(town: Town) -> None:
    """In towns where people ask for a space; "Première visite" and the tile below it led to the same page."""
    home = await town.browser().get("/")
    assert 'href="/creer-mon-espace"' in home.text
    assert 'href="/aide"' in home.text
