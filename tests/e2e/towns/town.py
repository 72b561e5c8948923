"""A town of a guide as `make up` fills it: its processes, the people of its plan, and their browsers, which run no scripts."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from deploy.local.child import LOOPBACK
from deploy.local.stack import Stack
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.town import accept_terms, enter_keys
from tests.support.polling import eventually
from tests.support.services import TOKEN_LIFETIME
from tools.mailbox import Credentials, code_of, credentials_of, text_so_far, wait_for_mail
from tools.seed.calls import SYSTEM
from tools.seed.plan import HouseholdPlan, TownPlan

MAIL_SECONDS: Final = 60.0
STEP_UP_SUBJECT: Final = "Votre code de confirmation"
PASSWORD: Final = "tulipe-jaune-7"
CREDENTIALS: Final = "/premiere-connexion/identifiants"
KEYS: Final = "/premiere-connexion/services"
TERMS: Final = "/premiere-connexion/conditions"
NEW_FAMILY: Final = "/agents/familles/nouvelle"


class Loopback(httpx2.AsyncHTTPTransport):
    """Takes what a browser sends to a secure address to the process that listens on this machine."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_with(scheme="http", host=LOOPBACK, port=self._port)
        sent = httpx2.Request(request.method, url, headers=request.headers, stream=request.stream)
        return await super().handle_async_request(sent)


@dataclass(frozen=True)
class Newcomer:
    """A family whose file an agent opened: its name, the address of its parent, what the welcome mail says."""

    name: str
    email: str
    mail: Mapping[str, Any]

    @property
    def credentials(self) -> Credentials:
        return credentials_of(self.mail["text"])


@dataclass(frozen=True)
class GuideTown:
    """A running town; `today` is the date on its clock."""

    name: str
    stack: Stack
    today: date

    @cached_property
    def plan(self) -> TownPlan:
        return TownPlan.read(self.stack.plan.town_file.parent)

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The town's file."""
        return tomllib.loads(self.stack.plan.town_file.read_text("utf-8"))

    @cached_property
    def personas(self) -> Sequence[Mapping[str, str]]:
        file = self.stack.plan.town_file.with_name("personas.toml")
        people: Sequence[Mapping[str, str]] = tomllib.loads(file.read_text("utf-8"))["persona"]
        return people

    @property
    def is_by_email(self) -> bool:
        """Whether families sign in with their address."""
        return bool(self.settings["identity"]["login"]["mode"] == "email")

    def browser(self) -> Browser:
        """A browser that was never here."""
        port = self.stack.ports["gateway"]
        return Browser(Loopback(port), f"https://localhost:{port}", self.stack.portal_url)

    async def signed_in(self, login: str, password: str = "") -> Browser:
        """A browser after signing in, as a persona unless a password says else."""
        known = next((persona["password"] for persona in self.personas if persona["login"] == login), "")
        browser = self.browser()
        await browser.get("/connexion")
        await browser.done("/connexion", {"login": login, "password": password or known})
        return browser

    async def agent(self, role: str) -> Browser:
        """The first agent of the plan with a role of the town."""
        return await self.signed_in(next(body["username"] for body in self.plan.agents if role in body["roles"]))

    @property
    def family(self) -> HouseholdPlan:
        """The first household of the plan whose parent has a session of their own and an invoice to pay."""
        return next(household for household in self.plan.households if household.login and household.attended)

    async def parent(self) -> Browser:
        """The parent of that household."""
        return await self.signed_in(str(self.family.login))

    async def newcomer(self) -> Newcomer:
        """A family whose file is opened at the counter, by the page: nobody was here before."""
        desk, name = await self.agent("front_desk"), uuid4().hex.translate(str.maketrans("0123456789", "mwmwmwmwmw"))
        email = f"{name}@famille.example"
        await desk.get(NEW_FAMILY)
        await desk.done(NEW_FAMILY, {**family_form(name, self.today), "guardian.email": email})
        return Newcomer(name, email, self.mail(email, "Votre espace personnel"))

    def mail(self, to: str, subject: str, besides: str = "") -> Mapping[str, Any]:
        """The latest mail to somebody about something, another one than that with the text `besides`."""
        return wait_for_mail(self.stack.url("mail"), to, MAIL_SECONDS, subject, besides)

    def text_so_far(self, to: str, subject: str) -> str:
        """The text of the latest mail to somebody about something, so that the next one can be told from it."""
        return text_so_far(self.stack.url("mail"), to, subject)

    async def activated(self) -> tuple[Newcomer, Browser]:
        """A newcomer who followed the link, and signed in with what the mail says."""
        newcomer = await self.newcomer()
        browser = self.browser()
        await press_link(browser, newcomer.credentials.link)
        return newcomer, await self.signed_in(newcomer.credentials.username, newcomer.credentials.password)

    def own_credentials(self, newcomer: Newcomer, **fields: str) -> dict[str, str]:
        """What a parent types to have credentials of their own: no user name where families sign in with their address."""
        name = {} if self.is_by_email else {"username": f"parent.{newcomer.name[:20]}"}
        return {**name, "password": PASSWORD, "password_confirmation": PASSWORD, **fields}

    @property
    def has_keys(self) -> bool:
        """Whether the town asks for the keys of services, between credentials and terms."""
        return bool(self.settings["identity"].get("services"))

    async def with_credentials(self) -> tuple[Newcomer, Browser]:
        """A newcomer with credentials of their own, in front of what the town asks next."""
        newcomer, browser = await self.activated()
        await browser.get(CREDENTIALS)
        await browser.done(CREDENTIALS, self.own_credentials(newcomer))
        return newcomer, browser

    async def chosen(self) -> tuple[Newcomer, Browser]:
        """A newcomer in front of the terms, with the keys that were filled in where the town asks for keys."""
        newcomer, browser = await self.with_credentials()
        if self.has_keys:
            await enter_keys(browser)
        return newcomer, browser

    async def at_home(self) -> tuple[Newcomer, Browser]:
        """A newcomer whose first steps are done."""
        newcomer, browser = await self.chosen()
        await accept_terms(browser)
        return newcomer, browser

    async def password_at_the_counter(self, newcomer: Newcomer) -> str:
        """The password that an agent hands over on a sheet, which says what it is used with."""
        desk = await self.agent("front_desk")
        page = await desk.get(f"/agents/familles?recherche={newcomer.name}")
        (file,) = set(re.findall(r"/agents/familles/[0-9a-f-]{36}", page.text))
        (button,) = set(re.findall(rf"{file}/mot-de-passe/[0-9a-f-]+", (await desk.get(f"{file}/personnes")).text))
        await self.prove(desk, await desk.submit(button), "front_desk")
        sheet = words(await desk.submit(button))
        assert newcomer.email in sheet
        (given,) = re.findall(r"\b[a-z]{4}\d-[a-z]{4}\d-[a-z]{4}\d\b", sheet)
        return str(given)

    async def prove(self, desk: Browser, asked: httpx2.Response, role: str) -> None:
        """The first agent of the plan with a role proves who they are."""
        (email, *_) = [body["email"] for body in self.plan.agents if role in body["roles"]]
        await self.prove_at(email, desk, asked)

    async def prove_at(self, email: str, desk: Browser, asked: httpx2.Response) -> None:
        """Whoever reads an address types the code that is mailed to it, on the page that asks who they are."""
        assert asked.url.path == "/confirmer", words(asked)
        before = self.text_so_far(email, STEP_UP_SUBJECT)
        led_on = {name: hidden(asked, name) for name in ("retour", "pour")}
        await desk.submit("/confirmer/code", led_on)
        code = code_of(self.mail(email, STEP_UP_SUBJECT, before)["text"])
        await desk.done("/confirmer", {**led_on, "code": code})

    async def ask(
        self, service: str, method: str, path: str, body: Any = None, actor: Actor = SYSTEM
    ) -> httpx2.Response:
        """What a service answers to the town's own tool, or to somebody else."""
        secret = json.loads((self.stack.secrets_dir / "actor_private.json").read_text())
        token, _ = sign_actor(actor, OKPKey.import_key(secret), TOKEN_LIFETIME)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        async with httpx2.AsyncClient(base_url=self.stack.url(service), timeout=20) as client:
            return await client.request(method, path, json=body, headers=headers)

    async def call(self, service: str, method: str, path: str, body: Any = None, actor: Actor = SYSTEM) -> Any:
        """The value of an answer that must not be a refusal; None where there is none."""
        answer = await self.ask(service, method, path, body, actor)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None


def family_form(name: str, today: date) -> dict[str, str]:
    """What an agent types to open the file of a parent with a child of eight."""
    return {
        "step": "create",
        "child_count": "1",
        "guardian.civility": "monsieur",
        "guardian.first_name": "Paul",
        "guardian.last_name": name,
        "guardian.phone": "06 12 34 56 78",
        "address.street": "4 rue des Lilas",
        "address.postal_code": "14000",
        "address.city": "Valmont-sur-Orne",
        "children.0.first_name": "Zoé",
        "children.0.last_name": name,
        "children.0.birth_on": f"{today.year - 9}-12-31",
    }


async def press_link(browser: Browser, link: str) -> httpx2.Response:
    """Open the link of a welcome mail and press the button of the page that it leads to."""
    answer = await browser.get(urlsplit(link).path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/activation")
    page = await browser.get("/activation")
    return page if is_refused(page) else await browser.submit("/activation", {"link": hidden(page, "link")})


async def shows(browser: Browser, path: str, text: str) -> str:
    """What a page says, once it says a text: a service learns of another one's doings a moment later."""
    seen = ""

    async def says() -> bool:
        nonlocal seen
        page = await browser.get(path)
        seen = words(page)
        return page.status_code == 200 and text in seen

    await eventually(says)
    return seen
