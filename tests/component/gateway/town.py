"""A whole town on one machine: the five real services behind real sockets, the real gateway, and its visitors.

Kafka alone is missing: what a service emits is handed to the others by `settle`, through their real subscriptions.
"""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID, uuid4

import httpx2
import uvicorn
from joserfc.jwk import OKPKey
from litestar import Litestar

from chassis.sealing import unseal
from contracts.family.models import Household
from contracts.identity.events import CredentialIssued, StepUpCodeIssued
from contracts.identity.models import Credential
from contracts.types import SERVICES, InvoiceRunStatus
from deploy.local.child import free_ports
from gateway.app import create
from gateway.settings import GatewaySettings
from tests.component.gateway.browser import ORIGIN, Browser, hidden
from tests.factories.booking import BookingTown, Family
from tests.support.databases import Postgres
from tests.support.polling import eventually
from tests.support.roles import Role, agent_body
from tests.support.services import DEMO_TOWN, RunningService, running_service

UNTIL_MIDNIGHT: Final = {"days_before": 0, "at": "23:59:59"}
"""The cutoff of an activity that may still be booked on the day itself."""
PASSWORD: Final = "velo-rouge-42"
OPEN_RUNS: Final = {InvoiceRunStatus.DRAFTING, InvoiceRunStatus.DRAFT, InvoiceRunStatus.REVIEWED}
ROUNDS_MAX: Final = 10
NO_PROVIDER: Final = "http://127.0.0.1:1"


class _Server(uvicorn.Server):
    """A server that leaves signals to the test run."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Listener:
    """An application behind a real socket, which can go away and come back; `options` are the server's."""

    app: Litestar
    port: int
    options: Mapping[str, Any] = field(default_factory=dict)
    _running: tuple[_Server, asyncio.Task[None]] | None = None

    async def start(self) -> None:
        options = {"lifespan": "off", "log_config": None, "access_log": False, "date_header": False, **self.options}
        server = _Server(uvicorn.Config(self.app, port=self.port, **options))
        self._running = server, asyncio.create_task(server.serve())
        await eventually(lambda: server.started)

    async def stop(self) -> None:
        assert self._running is not None
        server, task = self._running
        server.should_exit = True
        await task


@dataclass
class Town:
    """The running town. `services` are reached directly to prepare a test; visitors go through the gateway."""

    services: Mapping[str, RunningService]
    listeners: Mapping[str, Listener]
    gateway: Litestar
    secrets_dir: Path
    _relayed: dict[str, int] = field(default_factory=dict)
    _addresses: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def booking(self) -> BookingTown:
        """What agents do at the booking service."""
        return BookingTown(self.services["booking"])

    def browser(self) -> Browser:
        """A browser that was never here."""
        number = next(self._addresses)
        client = (f"192.0.2.{number % 250 + 1}", 40000)
        return Browser(httpx2.ASGITransport(app=cast("Any", self.gateway), client=client))

    @asynccontextmanager
    async def without(self, name: str) -> AsyncIterator[None]:
        """The town while a service is stopped."""
        await self.listeners[name].stop()
        try:
            yield
        finally:
            await self.listeners[name].start()

    async def settle(self) -> None:
        """Hand over what was emitted, until nobody has anything more to say."""
        for _ in range(ROUNDS_MAX):
            await self.services["identity"].run_job("issue_credentials")
            if not await self._relay():
                return
        raise AssertionError(f"services still emit events after {ROUNDS_MAX} rounds")

    async def bill(self) -> None:
        """Price what waits, then draft and issue."""
        for job in ("price_charges", "invoice_runs"):
            await self.services["billing"].run_job(job)

    async def give_up_drafts(self) -> None:
        """Give up the runs that are not issued: what comes late for a month goes to whichever run is open, also another test's."""
        billing = self.services["billing"]
        headers = billing.as_agent(Role.FINANCE)
        runs = (await billing.client.get("/invoice-runs", headers=headers)).json()["items"]
        for run in runs:
            if run["status"] in OPEN_RUNS:
                answer = await billing.client.delete(f"/invoice-runs/{run['run_id']}", headers=headers)
                assert answer.status_code == 204, answer.text
        await billing.run_job("invoice_runs")

    async def _relay(self) -> int:
        count = 0
        for name, service in self.services.items():
            self._relayed[name], new = await service.emitted(self._relayed.get(name, 0))
            count += len(new)
            for other in self.services.values() if new else ():
                heard = set(other.service.subscriptions.topics)
                await other.deliver(*(event for event in new if event.topic in heard))
        return count

    async def credential(self) -> Credential:
        """What the last mail with a credential says."""
        key = OKPKey.import_key(json.loads((self.secrets_dir / "seal_private.json").read_text()))
        _, issued = await self.services["identity"].emitted(kind=CredentialIssued)
        return Credential.model_validate_json(unseal(cast("CredentialIssued", issued[-1]).sealed, key))

    async def step_up_codes(self) -> list[str]:
        """Every code that was mailed to prove who somebody is."""
        key = OKPKey.import_key(json.loads((self.secrets_dir / "seal_private.json").read_text()))
        _, issued = await self.services["identity"].emitted(kind=StepUpCodeIssued)
        return [unseal(cast("StepUpCodeIssued", event).sealed, key) for event in issued]

    async def household(self, children: int | tuple[str, ...] = 1, **guardian: Any) -> tuple[Household, Credential]:
        """A new household, and what its invitation says."""
        family = self.services["family"]
        body = household_body(children=children, **guardian)
        headers = family.as_agent(Role.FRONT_DESK) | family.key()
        answer = await family.client.post("/households", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        await self.settle()
        return Household.model_validate_json(answer.content), await self.credential()

    async def signed_in(self, login: str, password: str) -> Browser:
        """A browser after signing in."""
        browser = self.browser()
        browser.username = login
        await browser.done("/connexion", {"login": login, "password": password})
        return browser

    async def newcomer(self, **guardian: Any) -> tuple[Browser, Household]:
        """A parent who signed in for the first time, and must choose credentials."""
        household, mailed = await self.household(**guardian)
        identity = self.services["identity"].client
        assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
        return await self.signed_in(mailed.username, mailed.temporary_password), household

    async def parent(self, **guardian: Any) -> tuple[Browser, Household]:
        """A parent whose first steps are done."""
        browser, household = await self.newcomer(**guardian)
        await choose_credentials(browser)
        await accept_terms(browser)
        await self.settle()
        return browser, household

    async def agent(self, *roles: Role, **fields: Any) -> Browser:
        """An agent with these roles, at every site unless the fields say else, signed in."""
        identity = self.services["identity"]
        username = f"agent-{uuid4().hex[:12]}"
        body = agent_body(username, *roles, password=PASSWORD, **fields)
        answer = await identity.client.post("/agents", json=body, headers=identity.as_system() | identity.key())
        assert answer.status_code == 201, answer.text
        return await self.signed_in(username, PASSWORD)


def household_body(children: int | tuple[str, ...] = 1, **guardian: Any) -> dict[str, Any]:
    """The file of a new household whose children are seven years old; they are so many, or have these whole names."""
    last_name = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    if isinstance(children, int):
        names = [(f"Lina {chr(97 + number)}", last_name) for number in range(children)]
    else:
        names = [(first, last) for first, _, last in (name.partition(" ") for name in children)]
    return {
        "guardian": {
            "civility": "monsieur",
            "first_name": "Dominique",
            "last_name": last_name,
            "email": f"{last_name}@famille.example",
            **guardian,
        },
        "address": {"street": "12 rue des Tilleuls", "postal_code": "14000", "city": "Valmont-sur-Orne"},
        "children": [{"first_name": first, "last_name": last, "birth_on": "2019-03-04"} for first, last in names],
    }


async def choose_credentials(browser: Browser) -> None:
    """The first of the first steps."""
    page = await browser.get("/premiere-connexion/identifiants")
    fields = {"password": PASSWORD, "password_confirmation": PASSWORD}
    if 'name="username"' in page.text:
        browser.username = f"parent-{uuid4().hex[:12]}"
        fields["username"] = browser.username
    await browser.done("/premiere-connexion/identifiants", fields)


async def enter_keys(browser: Browser, **keys: str) -> None:
    """The step of a town with services: the key that is filled in already, and these, by the code of their service."""
    page = await browser.get("/premiere-connexion/services")
    fields = {"step": "next"}
    for number, code in enumerate(re.findall(r'name="keys\.\d+\.service" value="([^"]*)"', page.text)):
        (filled,) = re.findall(rf'value="([^"]*)" name="keys\.{number}\.key"', page.text)
        fields |= {f"keys.{number}.service": code, f"keys.{number}.key": keys.get(code, filled)}
    await browser.done("/premiere-connexion/services", fields)


async def accept_terms(browser: Browser) -> None:
    """The last of the first steps."""
    page = await browser.get("/premiere-connexion/conditions")
    fields = {name: hidden(page, name) for name in ("version", "end_token")}
    await browser.done("/premiere-connexion/conditions", {**fields, "is_accepted": "true"})


def family_of(household: Household) -> Family:
    """The household, for the factory of the booking service."""
    guardians = tuple(adult.adult_id for adult in household.adults)
    return Family(household.household_id, guardians, tuple(child.child_id for child in household.children))


@asynccontextmanager
async def running_town(
    postgres: Postgres,
    secrets_dir: Path,
    town_file: Path = DEMO_TOWN,
    outside: Mapping[str, str] | None = None,
) -> AsyncIterator[Town]:
    """Start everything; on the way out, stop it. `outside` is where systems outside the town are, by the settings that say so."""
    identity = dict(outside or {})
    billing = {"payfip_url": identity.pop("payfip_url", NO_PROVIDER)}
    notifications = {"smtp_port": identity.pop("smtp_port")} if "smtp_port" in identity else {}
    settings: dict[str, dict[str, Any]] = {"billing": billing, "identity": identity, "notifications": notifications}
    async with AsyncExitStack() as stack:
        services = {
            name: await stack.enter_async_context(
                running_service(
                    name, postgres, secrets_dir, town_file=town_file, portal_url=ORIGIN, **settings.get(name, {})
                )
            )
            for name in SERVICES
        }
        ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        listeners = {name: Listener(service.app, ports[name]) for name, service in services.items()}
        for listener in listeners.values():
            await listener.start()
            stack.push_async_callback(listener.stop)
        options: dict[str, Any] = {f"{name}_url": f"http://127.0.0.1:{port}" for name, port in ports.items()}
        options |= {"payfip_url": "", "has_rate_limits": False, **identity}
        process = {"http_port": 1, "town_file": town_file, "secrets_dir": secrets_dir, "portal_url": ORIGIN}
        gateway = create(GatewaySettings.model_validate({**process, **options}))
        await stack.enter_async_context(gateway.lifespan())
        yield Town(services, listeners, gateway, secrets_dir)


def child_ids(household: Household) -> list[UUID]:
    """The household's children."""
    return [child.child_id for child in household.children]


async def paying_since(town: Town, household: Household, day: str) -> None:
    """A household's first adult, who pays for it, and its children belong to it since a day that may be long before its file."""
    family, adult_id = town.services["family"], household.adults[0].adult_id
    for path, body in (
        *((f"members/{child.child_id}", {"starts_on": day}) for child in household.children),
        (f"members/{adult_id}", {"starts_on": day}),
        ("payer", {"adult_id": str(adult_id), "starts_on": day}),
    ):
        answer = await family.client.put(
            f"/households/{household.household_id}/{path}", json=body, headers=family.as_agent(Role.FRONT_DESK)
        )
        assert answer.status_code == 200, answer.text
    await town.settle()
