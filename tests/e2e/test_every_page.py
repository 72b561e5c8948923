"""Every page of agents and of families that has an address: it is come to by links, leads to nothing dead, and is sound at a phone's width and a
desk's. A new page is taken in by itself once a page links to it; until then this test fails."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from deploy.local.stack import Stack
from portal.agents import AGENTS
from portal.family import FAMILY, HELPING
from tests.e2e.browser import axe_violations, open_page, overflow, repeated_ids
from tests.e2e.filling import Filling
from tests.e2e.reach import Answer, Reach
from tests.e2e.topics import in_thread
from tests.e2e.towns.test_step_up import confirm_by_mail
from tests.e2e.towns.town import PASSWORD, GuideTown
from tests.e2e.visitors import OPERATIONS, PARENT, VISITORS, sign_in, words
from tests.e2e.walk import AGENT, FINANCE

SHOWN: Final = {
    screen.path
    for space in (AGENTS, FAMILY, HELPING)
    for screen in space.pages
    if screen.method == "GET" and not screen.is_file
}
SIZES: Final = (1280, 360)
ELSEWHERE: Final = {
    "/agents/dossiers-en-double/comparer": "leads on to two files that are typed",
    "/agents/familles/{household_id:uuid}/mot-de-passe": "shows a password once, after a post: component/gateway/test_agent_pages.py",
    "/agents/familles/{household_id:uuid}/partage/apercu": "shows what was typed: test_file_pages.py",
    "/agents/familles/{household_id:uuid}/protection/adresse": "shows a hidden address once, after a post",
    "/agents/familles/{household_id:uuid}/type": "this town has one kind of files: towns/test_invitations.py",
    "/agents/familles/{household_id:uuid}/cles": "this town has no keys of services: towns/test_in_a_browser.py",
    "/agents/familles/{household_id:uuid}/cles/feuille": "as above",
    "/services/{code:str}": "as above",
    "/agents/facturation/{run_id:uuid}": "a month is invoiced in test_path.py, with axe",
    "/factures/{invoice_id:uuid}": "as above",
    "/factures/{invoice_id:uuid}/pdf": "as above",
    "/agents/journees-a-reprendre/{household_id:uuid}/vers/{to_id:uuid}": "needs days booked: component/gateway/test_days_move_pages.py",
    "/ma-famille/adresse": "shows a hidden address once, after a post",
    "/paiement/retour": "where the payment page leads back to: test_path.py",
    "/personnes-de-confiance/recapitulatif": "shows what was typed: towns/test_delegations.py",
    "/agents/a-traiter/lot": "shows what a decision on many would do, after a post",
    "/agents/a-traiter/lot/resultat": "shows what it did, after a post",
    "/agents/demarches/{request_id:uuid}": "a request is begun by a post: towns/test_requests.py",
    "/mes-demarches/{request_id:uuid}": "as above",
    "/mes-demarches/{request_id:uuid}/envoi": "as above",
    "/mes-demarches/{request_id:uuid}/etape/{step:int}": "as above",
    "/mes-demarches/{request_id:uuid}/pieces": "as above",
    "/mes-demarches/{request_id:uuid}/pieces/{kind:str}": "as above",
    "/agents/familles/{household_id:uuid}/ressources/apercu": "shows what was typed: towns/test_resources.py",
    "/agents/ressources/{declaration_id:uuid}": "is declared by a post: towns/test_resources.py",
}
"""Pages that no link leads to here, and why."""


@pytest.fixture(scope="module")
def visits(stack: Stack, browser: Browser, town_now: datetime) -> Iterator[list[Reach]]:
    """What each kind of visitor comes to, in a town that was filled."""
    town = GuideTown("demo", stack, town_now.date())
    newcomer, reference, files = in_thread(Filling(town).fill())
    own = (newcomer.email, PASSWORD)
    agents = {body["username"]: body["email"] for body in town.plan.agents}
    visitors = [
        (AGENT, agents[AGENT[0]], (*VISITORS["agent"][1], *files)),
        (FINANCE, agents[FINANCE[0]], (*VISITORS["finance"][1], *VISITORS["director"][1], *files)),
        (OPERATIONS, agents[OPERATIONS[0]], VISITORS["operations"][1]),
        (
            PARENT,
            next(str(file.guardian["email"]) for file in town.plan.households if file.login == PARENT[0]),
            VISITORS["parent"][1],
        ),
        (own, newcomer.email, (*VISITORS["parent"][1], "/enfants-confies")),
    ]
    reaches = []
    for credentials, email, starts in visitors:
        page = open_page(browser, SIZES[0])
        sign_in(stack, page, credentials)
        if page.url.startswith(f"{stack.portal_url}/mes-dossiers"):
            page.get_by_role("button", name=reference).click()
        page.goto(f"{stack.portal_url}/confirmer?pour=health&retour=/espace")
        confirm_by_mail(town, page, email)
        reaches.append(Reach(page))
        reaches[-1].follow(*starts)
    yield reaches
    for reach in reaches:
        reach.page.context.close()


@pytest.fixture(scope="module")
def pages(visits: list[Reach]) -> Mapping[str, tuple[Page, Answer]]:
    """Each page, as the visitor to whom it shows most finds it."""
    seen: dict[str, tuple[Page, Answer]] = {}
    for reach in visits:
        for path, answer in reach.fullest().items():
            if path not in seen or answer.size > seen[path][1].size:
                seen[path] = (reach.page, answer)
    return seen


def test_no_link_of_any_page_is_dead(visits: list[Reach]) -> None:
    dead = sorted({line for reach in visits for line in reach.dead})
    assert not dead, "\n".join(dead)


def test_a_link_leads_to_every_page(pages: Mapping[str, tuple[Page, Answer]]) -> None:
    unreached = SHOWN - pages.keys()
    assert (sorted(unreached - ELSEWHERE.keys()), sorted(ELSEWHERE.keys() - unreached)) == ([], [])


def test_every_page_is_sound_at_each_size(stack: Stack, pages: Mapping[str, tuple[Page, Answer]]) -> None:
    complaints: list[str] = []
    for page in {page for page, _ in pages.values()}:
        page.on("console", lambda message: complaints.append(words(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in sorted(SHOWN & pages.keys()):
        page, answer = pages[path]
        page.goto(stack.portal_url + answer.path)
        for width in SIZES:
            page.set_viewport_size({"width": width, "height": 800})
            if pixels := overflow(page):
                complaints.append(f"{answer.path} is {pixels} px wider than {width} px")
            complaints += [f"{answer.path} at {width} px: {violation}" for violation in axe_violations(page)]
        complaints += [f"{answer.path} repeats the id {name}" for name in repeated_ids(page)]
    assert not complaints, "\n".join(complaints)
