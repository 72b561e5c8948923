"""A password that is replaced while somebody proves that they know it: whoever typed the former one gets nothing by it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from chassis.actor import BrowserSession
from chassis.data.database import Transaction
from chassis.refusal import Busy
from contracts.identity.sessions import SessionsEnd
from services.identity.accounts.store import lock_account
from services.identity.activation.commands import activate
from services.identity.adapters.passwords import WAITING_MAX, Passwords
from services.identity.attempts.domain import CalledBy, account_target, current_password_target
from services.identity.attempts.store import lock_throttle
from services.identity.links import commands as links
from services.identity.sessions.commands import end_account_sessions
from tests.component.identity.conftest import (
    federated,
    franceconnect,
    franceconnect_process,
    provider_seconds,
    visitor,
)
from tests.component.identity.federation import Visitor
from tests.component.identity.passkeys import Holder
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, field_codes, problem
from tests.component.simulators.identification import FranceConnect
from tests.support.locks import as_far_as_it_can
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService

__all__ = ["federated", "franceconnect", "franceconnect_process", "provider_seconds", "visitor"]

pytestmark = pytest.mark.anyio

NEW = {"password": "velo-bleu-43", "password_confirmation": "velo-bleu-43"}


@pytest.fixture
def walk(service: RunningService, secrets_dir: Path) -> Walk:
    """The owner of the account."""
    return Walk(service, secrets_dir, address="192.0.2.20")


async def only_account(service: RunningService) -> UUID:
    account_id: UUID = await service.db.fetchval("select account_id from accounts")
    return account_id


async def mailed_link(walk: Walk) -> str:
    """The link of a forgotten password, in the owner's mailbox."""
    answer = await walk.service.client.post("/password-resets", json={"email": "dominique@famille.example"})
    assert answer.status_code == 202
    return (await walk.issued()).activation_token


async def followed_in(tx: Transaction, link: str) -> None:
    """The owner follows their link, and this has not committed yet."""
    browser = BrowserSession(session_token=None, address="192.0.2.20")
    await activate.__wrapped__(tx, link, browser)  # type: ignore[attr-defined]  # the command without its transaction


@asynccontextmanager
async def held(service: RunningService, subject: str) -> AsyncIterator[Transaction]:
    """A transaction in which whoever tries a password waits before it is checked: what they knew of the account was read before."""
    async with service.db.transaction() as tx:
        await lock_throttle(tx, subject)
        yield tx


async def begun(service: RunningService, coming: "asyncio.Task[httpx2.Response]") -> None:
    """As far as the lock that the test holds."""
    await as_far_as_it_can(service.db, coming)
    assert not coming.done()


class Thief:
    """Somebody in an open session of the owner, whose password they know, and with an identity of their own."""

    def __init__(self, browser: Visitor, walk: Walk) -> None:
        self.browser = browser
        self.walk = walk

    async def after_the_link(self) -> httpx2.Response:
        """The answer to a link with the former password, whose owner takes the account back meanwhile."""
        service = self.walk.service
        self.browser.session = await self.walk.ready()
        waiting = (await self.browser.go("samira")).json()["authorization_id"]
        mailed = await mailed_link(self.walk)
        subject = current_password_target(await only_account(service)).subject
        async with held(service, subject) as tx:
            linking = asyncio.create_task(self.browser.link(waiting))
            await begun(service, linking)
            await followed_in(tx, mailed)
        return await linking


@pytest.fixture
def thief(visitor: Visitor, federated: RunningService, secrets_dir: Path, franceconnect: FranceConnect) -> Thief:
    """Of a town that has FranceConnect."""
    return Thief(visitor, Walk(federated, secrets_dir, address="192.0.2.20"))


@pytest.mark.parametrize("profile", ["premium"])
async def test_no_identity_is_linked_by_a_password_that_was_reset_meanwhile(thief: Thief) -> None:
    assert field_codes(await thief.after_the_link()) == {"/current_password": "current_password_wrong"}
    assert await thief.walk.service.db.fetchval("select count(*) from franceconnect_links") == 0


@pytest.mark.parametrize("profile", ["premium"])
async def test_with_the_password_of_before_alone_a_thief_would_keep_the_account(
    thief: Thief, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def as_it_is(tx: Transaction, actor: object, _proven: object) -> object:
        return await links._lock_own(tx, actor)  # type: ignore[arg-type]  # what stands in for it takes anything

    monkeypatch.setattr(links, "_lock_proven", as_it_is)
    assert (await thief.after_the_link()).status_code == 201
    assert (await Visitor(thief.walk, thief.browser.provider).go("samira")).json()["session"] is not None


async def test_a_password_that_is_reset_meanwhile_opens_no_session(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    mailed = await mailed_link(walk)
    guessing = replace(walk, address="192.0.2.66")
    async with held(service, account_target(await only_account(service), CalledBy.USERNAME).subject) as tx:
        coming = asyncio.create_task(guessing.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
        await begun(service, coming)
        await followed_in(tx, mailed)
    assert problem(await coming, 401) == "invalid_credentials"
    assert await service.db.fetchval("select count(*) from sessions") == 0


async def test_a_session_that_ends_meanwhile_chooses_no_password(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    account_id = await only_account(service)
    async with held(service, current_password_target(account_id).subject) as tx:
        choosing = asyncio.create_task(walk.choose(token, **NEW, current_password=PERSONAL_PASSWORD))
        await begun(service, choosing)
        ended = SessionsEnd(reason="Téléphone perdu.")
        await end_account_sessions.__wrapped__(tx, agent_of(Role.FRONT_DESK), account_id, ended)  # type: ignore[attr-defined]  # the command without its transaction
    assert problem(await choosing, 401) == "session_ended"
    assert await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)


async def test_a_passkey_that_is_made_while_the_link_is_followed_is_not_added(
    walk: Walk, service: RunningService
) -> None:
    """The link ends every passkey; one that was begun in a session of before would come after it, and stay."""
    thief = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    mailed = await mailed_link(walk)
    made = thief.authenticator.create((await thief.start()).json()["options"])
    async with service.db.transaction() as tx:
        await lock_account(tx, await only_account(service))
        adding = asyncio.create_task(thief.post("/me/passkeys", name="Vol", answer=made))
        await begun(service, adding)
        await followed_in(tx, mailed)
    assert problem(await adding, 401) == "session_ended"
    assert await service.db.fetchval("select count(*) from passkeys") == 0


async def test_a_link_that_is_made_meanwhile_dies_with_the_choice(walk: Walk, service: RunningService) -> None:
    """Whoever reads the mailbox asks for a link while the owner chooses another password: it is dead when it arrives."""
    token = await walk.ready()
    async with held(service, current_password_target(await only_account(service)).subject):
        choosing = asyncio.create_task(walk.choose(token, **NEW, current_password=PERSONAL_PASSWORD))
        await begun(service, choosing)
        mailed = await mailed_link(walk)
    assert (await choosing).status_code == 200
    assert problem(await walk.activate(mailed), 409) == "activation_link_overtaken"
    assert await walk.signed_in(PERSONAL_USERNAME, NEW["password"])


async def test_an_account_that_is_closed_meanwhile_gets_no_link(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    before = len(await walk.credentials())
    asked = await service.client.post("/password-resets", json={"email": "dominique@famille.example"})
    assert asked.status_code == 202
    async with service.db.transaction() as tx:
        await tx.execute("update accounts set is_disabled = true")
        resolving = asyncio.create_task(service.run_job("issue_credentials"))
        await as_far_as_it_can(service.db, resolving)
        assert not resolving.done()
    await resolving
    assert len(await walk.credentials()) == before
    assert await service.db.fetchval("select count(*) from password_resets") == 0


async def test_links_are_made_while_the_line_of_sign_ins_is_full(walk: Walk, service: RunningService) -> None:
    passwords: Passwords = service.service.provide[Passwords]
    await walk.ready()
    before = len(await walk.credentials())
    gate = threading.Event()
    flood = [asyncio.create_task(passwords._run(gate.wait)) for _ in range(WAITING_MAX + 50)]
    await asyncio.sleep(0)
    try:
        with pytest.raises(Busy):
            await passwords.hash(PERSONAL_PASSWORD)
        asked = await service.client.post("/password-resets", json={"email": "dominique@famille.example"})
        assert asked.status_code == 202
        await service.run_job("issue_credentials")
    finally:
        gate.set()
        await asyncio.gather(*flood, return_exceptions=True)
    assert len(await walk.credentials()) == before + 1
