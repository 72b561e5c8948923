"""The people of a walk through the portal: what an agent, a finance officer and a parent do in their own browsers."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, auto
from typing import Any
from uuid import uuid4

import httpx2
from playwright.sync_api import Browser, Page

from deploy.local.stack import Stack
from tests.e2e.browser import axe_violations, open_page
from tools.mailbox import Credentials, wait_for_mail

AGENT = ("c.marchand", "accueil-valmont-1")
FINANCE = ("d.kaplan", "finances-valmont-1")
AGENTS = {"agent": AGENT, "finance": FINANCE}
MAIL_SECONDS = 60.0
PASSWORD = "kapla-jaune-7"
CENTRE = "Centre de loisirs du mercredi"
TEST_CARD = "5017674000000002"


class Stage(IntEnum):
    """What has happened to a family. From ATTENDED on it is the town that moves, with every family that is BOOKED."""

    UNKNOWN = auto()
    INVITED = auto()
    ACTIVATED = auto()
    SIGNED_IN = auto()
    CHOSEN = auto()
    AT_HOME = auto()
    REQUESTED = auto()
    VALIDATED = auto()
    BOOKED = auto()
    ATTENDED = auto()
    ISSUED = auto()
    PAID = auto()


@dataclass
class Walk:
    """One family's walk. `family` is its surname, unlike any other's; `mailed` is what its welcome mail said."""

    stack: Stack
    browser: Browser
    is_scripted: bool
    today: date
    family: str = field(default_factory=lambda: f"Durand{''.join(c for c in uuid4().hex if c.isalpha())[:8]}")
    pages: dict[str, Page] = field(default_factory=dict)
    mailed: Credentials | None = None
    stage: Stage = Stage.UNKNOWN

    @property
    def email(self) -> str:
        """The family's address."""
        return f"{self.family.lower()}@example.org"

    @property
    def username(self) -> str:
        """The user name that the parent chooses."""
        return f"parent.{self.family.lower()}"

    @property
    def credentials(self) -> Credentials:
        """What the welcome mail said."""
        assert self.mailed
        return self.mailed

    def page(self, who: str, width: int = 360) -> Page:
        """The browser of somebody, with a session of its own."""
        if who not in self.pages:
            self.pages[who] = open_page(self.browser, width, java_script_enabled=self.is_scripted)
        return self.pages[who]

    def open(self, who: str, path: str) -> Page:
        """Somebody opens a page of the portal; an agent signs in first."""
        if who in AGENTS and who not in self.pages:
            self.sign_in(who, *AGENTS[who])
        page = self.page(who)
        page.goto(self.stack.portal_url + path)
        return page

    def sign_in(self, who: str, login: str, password: str) -> Page:
        """Somebody signs in."""
        page = self.page(who)
        page.goto(f"{self.stack.portal_url}/connexion")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        press(page, "Connexion")
        return page

    def mail(self, subject: str) -> dict[str, Any]:
        """The latest mail to the family about something."""
        return wait_for_mail(self.stack.url("mail"), self.email, MAIL_SECONDS, subject)

    def wednesdays(self, count: int = 2) -> list[date]:
        """The next Wednesdays of the town, today included."""
        return [self.today + timedelta(weeks=week) for week in range(count)]

    def violations(self, page: Page) -> list[str]:
        """What axe finds on a page; it is itself a script, so a walk without scripts leaves the check to the other."""
        return axe_violations(page) if self.is_scripted else []

    def download(self, who: str, path: str) -> httpx2.Response:
        """What somebody's browser would be sent for a file, with their session."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.page(who).context.cookies()}
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return httpx2.get(self.stack.portal_url + path, headers={"Cookie": header})

    def close(self) -> None:
        """Close every browser window."""
        for page in self.pages.values():
            page.context.close()


def start_walk(stack: Stack, browser: Browser, town_now: datetime, *, is_scripted: bool) -> Walk:
    """A new family's walk."""
    return Walk(stack, browser, is_scripted, town_now.date())


def press(page: Page, label: str) -> None:
    """Press the button of this name; the hidden twin that answers the Enter key is not for people."""
    page.locator("main button:not([aria-hidden])", has_text=unbroken(label)).first.click()


def unbroken(words: str) -> str:
    """Words as a page has them: no line breaks within "e-mail"."""
    return words.replace("e-mail", "e\u2011mail")


def fill_household(page: Page, walk: Walk) -> None:
    """Type a household of one adult and one child into the agents' form."""
    page.select_option("[name='guardian.civility']", "monsieur")
    for name, value in {
        "guardian.first_name": "Paul",
        "guardian.last_name": walk.family,
        "guardian.email": walk.email,
        "guardian.phone": "06 12 34 56 78",
        "address.street": "4 rue des Lilas",
        "address.postal_code": "14000",
        "address.city": "Valmont-sur-Orne",
        "children.0.first_name": "Zoé",
        "children.0.last_name": walk.family,
        "children.0.birth_on": "2018-05-06",
    }.items():
        page.fill(f"[name='{name}']", value)


def pay_by_card(page: Page) -> None:
    """Go through the provider's three screens with a test card, up to its receipt."""
    page.click("button:has-text('Continuer')")
    page.click("button:has-text('Continuer')")
    page.fill("#number", TEST_CARD)
    page.fill("#expiry", "12/30")
    page.fill("#cryptogram", "123")
    page.click("button:has-text('Payer')")
    page.click("button:has-text('Confirmer')")


def tick_wednesdays(page: Page, walk: Walk) -> None:
    """Tick the first day of two weeks of the calendar, and see their price."""
    page.check("input[type=checkbox][name=slot]")
    press(page, "Semaine suivante")
    page.check("input[type=checkbox][name=slot]")
    if not walk.is_scripted:
        press(page, "Mettre le prix à jour")


def option(page: Page, label: str) -> int:
    """The place of an activity in a list of choices."""
    options = page.locator("[name=activity_id] option").all_inner_texts()
    return next(index for index, text in enumerate(options) if label in text)


def reload_until(page: Page, selector: str) -> None:
    """Reload a page of work in progress until it shows something."""
    deadline = time.monotonic() + MAIL_SECONDS
    while page.locator(selector).count() == 0:
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.reload()
