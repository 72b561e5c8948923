"""The identity service dies between what it did and its answer: what was done is done once, and the person goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2
import pytest

from contracts.identity.events import CredentialsChosen, TermsAccepted
from gateway.app import create
from gateway.settings import GatewaySettings
from tests.component.gateway.browser import ORIGIN, Browser, hidden, words
from tests.component.gateway.town import PASSWORD, Town, choose_credentials
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

TERMS, CREDENTIALS = "/premiere-connexion/conditions", "/premiere-connexion/identifiants"


@dataclass
class Passage:
    """A TCP passage to a service. Of a request whose head holds `fatal`, the service's answer comes this far, and the connection breaks."""

    port: int
    fatal: bytes = b""
    lost: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        is_fatal = False

        async def ask() -> None:
            nonlocal is_fatal
            while chunk := await reader.read(65_536):
                is_fatal = is_fatal or bool(self.fatal and self.fatal in chunk)
                back.write(chunk)
            back.close()

        async def answer() -> None:
            while chunk := await there.read(65_536):
                if is_fatal:
                    self.lost += 1
                    break
                writer.write(chunk)
            writer.close()

        with contextlib.suppress(ConnectionError):
            await asyncio.gather(ask(), answer())


@dataclass
class Doorway:
    """Another gateway of the town, which reaches identity through a passage."""

    passage: Passage
    app: Any

    def browser(self, session: str) -> Browser:
        """A browser of this gateway in a session of the town's."""
        browser = Browser(httpx2.ASGITransport(app=self.app))
        browser.http.cookies.set("__Host-session", session, domain="portail.valmont.example", path="/")
        return browser


@pytest.fixture
async def doorway(town: Town) -> AsyncIterator[Doorway]:
    async with _doorway(town) as doorway:
        yield doorway


@asynccontextmanager
async def _doorway(town: Town) -> AsyncIterator[Doorway]:
    passage = Passage(town.listeners["identity"].port)
    async with await asyncio.start_server(passage.take, "127.0.0.1", 0) as server:
        addresses = {f"{name}_url": f"http://127.0.0.1:{listener.port}" for name, listener in town.listeners.items()}
        addresses["identity_url"] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        process = {"http_port": 1, "town_file": DEMO_TOWN, "secrets_dir": town.secrets_dir, "portal_url": ORIGIN}
        app = create(GatewaySettings.model_validate({**process, **addresses, "has_rate_limits": False}))
        async with app.lifespan():
            yield Doorway(passage, cast("Any", app))


async def accepted(town: Town, account_id: object) -> int:
    """How many acceptances of an account are kept, each with its event and its note."""
    identity = town.services["identity"]
    kept = await identity.db.fetchval("select count(*) from terms_acceptances where account_id = $1", account_id)
    _, events = await identity.emitted(kind=TermsAccepted)
    noted = await identity.db.fetchval(
        "select count(*) from history where action = 'terms_accepted' and subject = $1::uuid::text", account_id
    )
    assert kept == noted == len([event for event in events if cast("TermsAccepted", event).account_id == account_id])
    return int(kept)


async def account_of(town: Town, browser: Browser) -> object:
    find = "select account_id from accounts where username = $1"
    return await town.services["identity"].db.fetchval(find, browser.username)


async def test_terms_whose_answer_was_lost_are_accepted_once(town: Town, doorway: Doorway) -> None:
    """The service died between the acceptance and the redirect: the page says so, and pressing again, or going home, leads on."""
    newcomer, _ = await town.newcomer()
    await choose_credentials(newcomer)
    account_id = await account_of(town, newcomer)
    browser = doorway.browser(newcomer.session_token)
    page = await browser.get(TERMS)
    form = {name: hidden(page, name) for name in ("version", "end_token")} | {"is_accepted": "true"}

    doorway.passage.fatal = b"/me/terms-acceptance"
    lost = await browser.post(TERMS, form)
    doorway.passage.fatal = b""
    assert doorway.passage.lost >= 1
    assert lost.status_code == 503, words(lost)
    assert await accepted(town, account_id) == 1

    for _ in range(2):
        again = await browser.landing(await browser.post(TERMS, form))
        assert again.url.path == "/mon-accueil", words(again)
    assert await accepted(town, account_id) == 1


async def test_credentials_whose_answer_was_lost_are_chosen_once_and_open_the_space(
    town: Town, doorway: Doorway
) -> None:
    """The session was renewed and nobody heard of it: with the credentials that were chosen one signs in."""
    newcomer, _ = await town.newcomer()
    browser = doorway.browser(newcomer.session_token)
    await browser.get(CREDENTIALS)
    username = f"perdu-{newcomer.username[-8:]}".lower()
    form = {"username": username, "password": PASSWORD, "password_confirmation": PASSWORD}
    doorway.passage.fatal = b"/me/credentials"
    lost = await browser.post(CREDENTIALS, form)
    doorway.passage.fatal = b""
    assert lost.status_code == 503, words(lost)
    again = await browser.landing(await browser.post(CREDENTIALS, form, {"Origin": ORIGIN}))
    assert again.url.path == "/connexion", words(again)
    signed_in = await town.signed_in(username, PASSWORD)
    assert (await signed_in.landing(await signed_in.get("/espace"))).url.path == TERMS
    account_id = await account_of(town, signed_in)
    _, events = await town.services["identity"].emitted(kind=CredentialsChosen)
    assert len([event for event in events if cast("CredentialsChosen", event).account_id == account_id]) == 1
