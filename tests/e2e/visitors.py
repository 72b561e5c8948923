"""The kinds of visitors of the portal, and the pages that are open to each."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from deploy.local.stack import Stack
from portal.account import ACCOUNT
from portal.agents import AGENTS
from portal.family import FAMILY
from tests.e2e.browser import WIDTHS, open_page
from tests.e2e.walk import AGENT, FINANCE, press
from tests.support.public_pages import PUBLIC_PAGES

PARENT = ("famille.testeur", "tilleuls-lina-4")
OPERATIONS = ("n.lambert", "exploitation-valmont-1")
FINANCE_PAGES = ("/agents/facturation", "/agents/paiements", "/agents/payeurs")
OPERATIONS_PAGES = ("/agents/exploitation/invariants",)
ACCOUNT_PAGES = ("/agents/comptes", "/agents/comptes/nouveau", "/agents/comptes/demandes")
INVITATION_PAGES = ("/agents/invitations", "/agents/imports")
DIRECTION_PAGES = (
    *INVITATION_PAGES,
    *("/agents/adresses-protegees", "/agents/adresses-protegees/demandes"),
    *("/agents/secteurs", "/agents/procedures/nouvelle", "/agents/envois", "/agents/envois/nouveau"),
)
OF_SOME = FINANCE_PAGES + OPERATIONS_PAGES + ACCOUNT_PAGES + DIRECTION_PAGES
"""Pages of agents that the front desk does not open."""
WAYS_IN = ("/creer-mon-espace", "/creer-mon-espace/envoye", "/franceconnect", "/franceconnect/refus", "/adresse")
"""Pages of towns where families ask for a space, come through FranceConnect and change their address."""
OF_FAMILIES_ALONE = ("/mon-adresse-e-mail", "/mes-identifiants/franceconnect")
OF_AGENTS_ALONE = ("/mon-second-facteur", "/mon-second-facteur/application", "/mon-second-facteur/codes")
OWN_PAGES = tuple(page.path for page in ACCOUNT.shown())
PARENT_PAGES = (
    *(page.path for page in FAMILY.shown()),
    *(path for path in OWN_PAGES if path not in OF_AGENTS_ALONE),
)
AGENT_PAGES = (
    *(page.path for page in AGENTS.shown() if page.path not in OF_SOME),
    *(path for path in OWN_PAGES if path not in OF_FAMILIES_ALONE),
)
VISITORS = {
    "anonymous": (None, (*PUBLIC_PAGES, *WAYS_IN, "/une-page-inconnue")),
    "parent": (PARENT, PARENT_PAGES),
    "agent": (AGENT, AGENT_PAGES),
    "finance": (FINANCE, FINANCE_PAGES),
    "operations": (OPERATIONS, OPERATIONS_PAGES),
    "director": (FINANCE, ACCOUNT_PAGES + DIRECTION_PAGES),
}


def sign_in(stack: Stack, page: Page, credentials: tuple[str, str]) -> None:
    """Sign in by the form."""
    page.goto(f"{stack.portal_url}/connexion")
    page.fill("[name=login]", credentials[0])
    page.fill("[name=password]", credentials[1])
    press(page, "Connexion")
    expect(page.locator(".session")).to_be_visible()


@contextmanager
def visiting(stack: Stack, browser: Browser, kind: str) -> Iterator[tuple[Page, tuple[str, ...]]]:
    """A visitor of a kind, signed in if need be, and the pages open to them."""
    credentials, paths = VISITORS[kind]
    page = open_page(browser, WIDTHS[-1])
    if credentials:
        sign_in(stack, page, credentials)
    yield page, paths
    page.context.close()


def words(message: ConsoleMessage) -> str:
    """What the browser's console says."""
    return f"{message.type}: {message.text}"
