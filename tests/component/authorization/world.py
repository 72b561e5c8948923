"""The people and things that the matrix is about: four households with everything that they own, and an account for each actor.

One household has two parents, one lost its co-parent, and one was erased after it had enrolled, booked and paid.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count
from typing import Final, cast
from uuid import UUID, uuid4

from joserfc.jwk import OKPKey

from chassis.actor import Actor
from chassis.sealing import unseal
from contracts.family.models import Household
from contracts.identity.events import CredentialIssued, StepUpCodeIssued
from contracts.identity.models import Credential
from contracts.types import ActorKind
from tests.component.authorization import agents, imports, invitations, organizations, schools
from tests.component.authorization.departures import erase, take_off
from tests.component.authorization.matrix import AGENTS, FORMERS, SYSTEM
from tests.component.billing import families
from tests.component.gateway.browser import Browser
from tests.component.gateway.town import (
    PASSWORD,
    UNTIL_MIDNIGHT,
    Town,
    accept_terms,
    choose_credentials,
    enter_keys,
    family_of,
    household_body,
    paying_since,
)
from tests.support.authenticator import Authenticator, enrolled
from tests.support.passkeys import SoftAuthenticator
from tests.support.polling import eventually
from tests.support.roles import Role, agent_body, agent_of

HOUSEHOLD_OF: Final = {
    "parent": "first",
    "co_parent": "first",
    "other_parent": "second",
    "former_co_parent": "left",
    "erased_parent": "erased",
}
GUARDIAN_OF: Final = {"co_parent": 1, "former_co_parent": 1}
SLOTS: Final = range(20, 150)
SESSION_MEMORY_SECONDS: Final = 20.0


@dataclass
class Person:
    """An actor with an account: what services know of them, and the secrets of their browser."""

    actor: Actor
    username: str = ""
    login: str = ""
    session: str = ""


@dataclass
class World:
    """What exists. `owned` are the ids of a household's things by kind, `shared` those of the town's.

    `slots` are days that nobody booked, `marked` the children of the one day whose sheet is kept.
    """

    town: Town
    people: dict[str, Person] = field(default_factory=dict)
    households: dict[str, Household] = field(default_factory=dict)
    owned: dict[str, dict[str, str]] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    slots: Iterator[UUID] = field(default_factory=lambda: iter(()))
    endings: Iterator[int] = field(default_factory=count)
    devices: dict[str, Authenticator] = field(default_factory=dict)
    authenticators: dict[str, SoftAuthenticator] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _ends: Iterator[int] = field(default_factory=count)

    def strangers(self, actor: str) -> set[str]:
        """The family names that this actor has no business with."""
        own = self.households.get(HOUSEHOLD_OF.get(actor, ""))
        strangers = {household.adults[0].last_name for household in self.households.values()}
        return strangers - {own.adults[0].last_name} if own and actor not in FORMERS else strangers

    def month(self) -> str:
        """A month without an invoice run."""
        number = next(self._numbers)
        return f"{2025 - number // 12}-{12 - number % 12:02}"

    def last_day(self) -> int:
        """By how many days an enrollment ends ahead: each time a day sooner, after every day that is booked."""
        return 198 - next(self._ends)

    async def run(self, *steps: str) -> str:
        """A drafted invoice run, moved on by these steps."""
        billing = self.town.services["billing"]
        run_id = await families.drafted_run(billing, self.month())
        await families.advance_run(billing, run_id, *steps)
        return run_id

    async def invoice(self, name: str) -> str:
        """An issued invoice of a household, for a day of a month of its own."""
        billing, household, month = self.town.services["billing"], self.households[name], self.month()
        family = families.Family(household.household_id, household.adults[0].adult_id, household.children[0].child_id)
        day = families.Booked(family, UUID(self.shared["activity"]), date.fromisoformat(f"{month}-05"))
        await billing.deliver(day.confirmed(), day.attended())
        self.shared["run"] = (await families.invoice_month(billing, month))["run_id"]
        headers = billing.as_agent(Role.FINANCE)
        query = {"household_id": str(household.household_id)}
        return str(
            (await billing.client.get("/invoices", params=query, headers=headers)).json()["items"][0]["invoice_id"]
        )

    async def activity(self) -> str:
        """An activity that nobody has joined."""
        return str(await self.town.booking.activity(tariff_code="leisure"))

    async def request(self, name: str) -> str:
        """An enrollment that awaits its decision, of a household's child in an activity of its own."""
        booking = self.town.services["booking"]
        body = {"child_id": self.owned[name]["child"], "activity_id": await self.activity()}
        headers = booking.as_agent(Role.FRONT_DESK) | booking.key()
        answer = await booking.client.post("/enrollments", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["enrollment_id"])

    async def link(self) -> str:
        """The activation link of a new account."""
        identity = self.town.services["identity"]
        name = f"agent-{uuid4().hex[:12]}"
        headers = identity.as_system() | identity.key()
        answer = await identity.client.post("/agents", json=agent_body(name, Role.SITE), headers=headers)
        assert answer.status_code == 201, answer.text
        await identity.run_job("issue_credentials")
        return (await self.town.credential()).activation_token

    async def correction(self, adult_id: str | None) -> dict[str, str]:
        """Another telephone number for an adult, made from what is known of them."""
        family = self.town.services["family"]
        answer = await family.client.get(f"/adults/{adult_id}/contact", headers=family.as_system())
        version = answer.json()["version"] if answer.is_success else "unknown"
        return {"version": version, "phone": f"06{next(self._numbers):08}"}

    async def mailed_code(self, actor: str) -> str:
        """The last code that was mailed to somebody."""
        _, issued = await self.town.services["identity"].emitted(kind=StepUpCodeIssued)
        mine = [event for event in issued if event.key == str(self.people[actor].actor.account_id)]
        key = OKPKey.import_key(json.loads((self.town.secrets_dir / "seal_private.json").read_text()))
        return unseal(cast("StepUpCodeIssued", mine[-1]).sealed, key)

    async def enrolled_agent(self) -> str:
        """An agent who has a second factor."""
        session, identity = (await self.town.agent(Role.SITE)).session_token, self.town.services["identity"].client
        account = (await identity.get("/session", headers={"X-Session": session})).json()
        await enrolled(identity, session, PASSWORD)
        return str(account["account_id"])

    async def signed_in(self, name: str) -> str:
        """A new session of somebody."""
        return (await self.town.signed_in(self.people[name].login, PASSWORD)).session_token


async def build(town: Town) -> World:
    """Everything that the cells name."""
    world = World(town)
    await families.publish_tariff(town.services["billing"], effective_on="2000-01-01")
    world.shared["activity"] = str(await town.booking.activity(tariff_code="leisure", cutoff=UNTIL_MIDNIGHT))
    for name in ("left", "erased", "second", "first"):
        await _open(world, name)
    await _walk_families(world)
    await _add_agents(world)
    world.shared |= await schools.opened(town, [world.owned[name]["child"] for name in ("first", "second")])
    world.slots = iter(await town.booking.open(UUID(world.shared["activity"]), *SLOTS))
    (today,) = await town.booking.open(UUID(world.shared["activity"]), 0)
    world.shared["slot"] = str(today)
    for name in world.households:
        await _enroll_and_book(world, name)
    await town.settle()
    for name in world.households:
        await _invoice_and_pay(world, name)
    await town.services["notifications"].run_job("send_messages")
    await take_off(world.town, world.households["left"])
    await erase(world.town, world.households["erased"])
    for name in FORMERS:
        await eventually(partial(_is_signed_out, world.town, world.people[name].session), SESSION_MEMORY_SECONDS)
    return world


async def _open(world: World, name: str) -> None:
    family = world.town.services["family"]
    body = household_body()
    body["co_guardian"] = household_body()["guardian"]
    answer = await family.client.post("/households", json=body, headers=family.as_agent(Role.FRONT_DESK) | family.key())
    assert answer.status_code == 201, answer.text
    household = Household.model_validate_json(answer.content)
    quotient = {"value_cents": 75_000, "effective_on": str(await world.town.booking.today())}
    path = f"/households/{household.household_id}/quotient"
    answer = await family.client.put(path, json=quotient, headers=family.as_agent(Role.FRONT_DESK))
    assert answer.status_code == 200, answer.text
    await paying_since(world.town, household, "2000-01-01")
    world.households[name] = household
    world.owned[name] = {
        "household": str(household.household_id),
        "name": household.adults[0].last_name,
        "guardian": str(household.adults[0].adult_id),
        "adult": str(household.adults[0].adult_id),
        "child": str(household.children[0].child_id),
    }


async def _walk_families(world: World) -> None:
    """The first steps of every parent."""
    town, identity = world.town, world.town.services["identity"]
    await town.settle()
    mailed = await _credentials(town)
    for name, household_name in HOUSEHOLD_OF.items():
        guardian = world.households[household_name].adults[GUARDIAN_OF.get(name, 0)]
        headers = identity.as_agent(Role.DIRECTOR)
        query = {"guardian_id": str(guardian.adult_id)}
        (account,) = (await identity.client.get("/accounts", params=query, headers=headers)).json()["items"]
        credential = mailed.get(account["username"]) or mailed[account["email"]]
        answer = await identity.client.post("/activations", json={"token": credential.activation_token})
        assert answer.status_code == 201, answer.text
        browser = await town.signed_in(credential.username, credential.temporary_password)
        await choose_credentials(browser)
        await enter_keys(browser)
        await accept_terms(browser)
        chosen = (await identity.client.get("/accounts", params=query, headers=headers)).json()["items"][0]["username"]
        actor = Actor(UUID(account["account_id"]), ActorKind.PARENT, guardian_id=guardian.adult_id)
        world.people[name] = Person(actor, chosen, str(guardian.email), browser.session_token)
        if name != "co_parent":
            world.owned[household_name] |= {"account": account["account_id"], "link": credential.activation_token}


async def _credentials(town: Town) -> dict[str, Credential]:
    key = OKPKey.import_key(json.loads((town.secrets_dir / "seal_private.json").read_text()))
    issued = [event for event in await town.services["identity"].outbox() if isinstance(event, CredentialIssued)]
    opened = [Credential.model_validate_json(unseal(event.sealed, key)) for event in issued]
    return {credential.username: credential for credential in opened}


async def _add_agents(world: World) -> None:
    for name, kind in AGENTS.items():
        place = {} if kind.sites is None else {"sites": sorted(kind.sites), "has_every_site": False}
        browser: Browser = await world.town.agent(kind.role, **place)
        account = (await browser.http.get("/api/v1/sessions/current", headers=_bearer(browser.session_token))).json()
        actor = replace(agent_of(kind.role, sites=kind.sites), account_id=UUID(account["account_id"]))
        world.people[name] = Person(actor, browser.username, browser.username, browser.session_token)
    world.shared["agent"] = await agents.somebody(world.town)
    world.shared["change"] = await agents.change(world.town)
    world.shared["organization"] = await organizations.opened(world.town)
    world.shared["household_import"] = await imports.proposed(world.town)
    world.shared["invitation_run"] = await invitations.proposed(world.town)
    world.people[SYSTEM] = Person(Actor(UUID(int=0), ActorKind.SYSTEM))


async def _enroll_and_book(world: World, name: str) -> None:
    booking, family = world.town.booking, family_of(world.households[name])
    enrollment_id = await booking.enroll(family, UUID(world.shared["activity"]))
    answer = await booking.book(family, UUID(world.shared["slot"]), next(world.slots))
    assert answer.status_code == 201, answer.text
    world.marked.append(str(family.child_id))
    (booking_id,) = (
        booked["booking_id"] for booked in answer.json()["bookings"] if booked["slot_id"] != world.shared["slot"]
    )
    world.owned[name] |= {"enrollment": str(enrollment_id), "booking": booking_id}


async def _invoice_and_pay(world: World, name: str) -> None:
    """An invoice, and a payment of it that was started."""
    billing = world.town.services["billing"]
    invoice_id = await world.invoice(name)
    headers = billing.as_parent(world.households[name].adults[0].adult_id) | billing.key()
    answer = await billing.client.post(f"/invoices/{invoice_id}/payments", json={}, headers=headers)
    assert answer.status_code == 201, answer.text
    started = answer.json()
    world.owned[name] |= {
        "invoice": invoice_id,
        "payment": started["payment_id"],
        "operation": started["redirect_url"].partition("idop=")[2],
    }


async def _is_signed_out(town: Town, session: str) -> bool:
    answer = await town.browser().http.get("/api/v1/sessions/current", headers=_bearer(session))
    return answer.status_code == 401


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
