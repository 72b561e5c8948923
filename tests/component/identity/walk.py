"""The walk of one visitor through the identity service, and what its tests read from answers."""

import json
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import read_actor
from chassis.sealing import unseal
from contracts.family.events import Adult, HouseholdState
from contracts.identity.events import CredentialIssued, StepUpCodeIssued
from contracts.identity.models import Credential, CurrentSession, SessionOpened
from contracts.types import Channel, Civility, SessionStage
from tests.factories.households import adult, household_state
from tests.support.services import DEMO_TOWN, RunningService, write_town

DEMO = DEMO_TOWN.parent
PERSONAL_USERNAME = "dominique.testeur"
PERSONAL_PASSWORD = "velo-rouge-42"


@dataclass
class Walk:
    """The requests of one visitor, from one source address."""

    service: RunningService
    secrets_dir: Path
    address: str = "192.0.2.10"
    device: str = ""
    user_agent: str = ""

    @property
    def browser(self) -> dict[str, str]:
        """What the gateway says of the visitor's browser."""
        named = {"X-Client-Browser": self.user_agent} if self.user_agent else {}
        return {"X-Client-Address": self.address, "X-Channel": Channel.PORTAL, "X-Device": self.device, **named}

    def household(self, *guardians: Adult, household_id: UUID | None = None) -> HouseholdState:
        """The state of a household of these guardians."""
        return household_state(household_id or uuid4(), guardians, [])

    async def invited(self, person: Adult | None = None) -> Credential:
        """Invite a guardian through the household's file; what the welcome mail will say."""
        await self.service.deliver(self.household(person or guardian()))
        return await self.issued()

    async def issued(self) -> Credential:
        """Run the job that issues credentials; the last one issued, opened as the notifications service does."""
        await self.service.run_job("issue_credentials")
        return (await self.credentials())[-1]

    async def credentials(self) -> list[Credential]:
        """Every credential issued so far."""
        sealed = [event.sealed for event in await self.service.outbox() if isinstance(event, CredentialIssued)]
        return [Credential.model_validate_json(self.unsealed(text)) for text in sealed]

    def unsealed(self, text: str) -> str:
        """What the notifications service alone may open."""
        return unseal(text, OKPKey.import_key(json.loads((self.secrets_dir / "seal_private.json").read_text())))

    async def activate(self, token: str) -> httpx2.Response:
        """Follow an activation link."""
        return await self.service.client.post("/activations", json={"token": token}, headers=self.browser)

    async def sign_in(self, login: str, password: str) -> httpx2.Response:
        """Try a login and a password."""
        body = {"login": login, "password": password}
        return await self.service.client.post("/sessions", json=body, headers=self.browser)

    async def signed_in(self, login: str, password: str) -> str:
        """The session token of a sign-in that works."""
        answer = await self.sign_in(login, password)
        assert answer.status_code == 201, answer.text
        return SessionOpened.model_validate_json(answer.content).session_token

    async def session(self, token: str) -> CurrentSession:
        """What the service says of a session that is open."""
        answer = await self.service.client.get("/sessions/current", headers={"X-Session": token})
        assert answer.status_code == 200, answer.text
        return CurrentSession.model_validate_json(answer.content)

    async def own_sessions(self, token: str) -> list[dict[str, Any]]:
        """The sessions of whoever is signed in."""
        answer = await self.service.client.get("/me/sessions", headers={"X-Session": token})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def choose(self, token: str, **fields: Any) -> httpx2.Response:
        """Send the form of personal credentials; the right values unless told otherwise."""
        form = {
            "username": PERSONAL_USERNAME,
            "password": PERSONAL_PASSWORD,
            "password_confirmation": PERSONAL_PASSWORD,
            **fields,
        }
        return await self.service.client.put("/me/credentials", json=form, headers={"X-Session": token, **self.browser})

    async def enter_keys(self, token: str, **typed: str) -> httpx2.Response:
        """Send the rows of "SERVICES"; a service that is not named is left empty."""
        body = {"keys": [{"service": service, "key": key} for service, key in typed.items()]}
        return await self.service.client.put(
            "/me/service-keys", json=body, headers={"X-Session": token, "X-Client-Address": self.address}
        )

    async def own_services(self, token: str) -> dict[str, dict[str, Any]]:
        """The services of whoever is signed in, by code."""
        answer = await self.service.client.get("/me/service-keys", headers={"X-Session": token})
        assert answer.status_code == 200, answer.text
        return {service["code"]: service for service in answer.json()["services"]}

    async def terms(self, token: str | None = None) -> dict[str, Any]:
        """Read the terms."""
        answer = await self.service.client.get("/terms", headers={"X-Session": token} if token else {})
        assert answer.status_code == 200, answer.text
        served: dict[str, Any] = answer.json()
        return served

    async def accept(self, token: str, **fields: Any) -> httpx2.Response:
        """Accept the terms after reading them; the right values unless told otherwise."""
        served = await self.terms(token)
        body = {"version": served["version"], "end_token": served["end_token"], "is_accepted": True, **fields}
        return await self.service.client.post(
            "/me/terms-acceptance", json=body, headers={"X-Session": token, "X-Client-Address": self.address}
        )

    async def persons(self, token: str) -> list[dict[str, Any]]:
        """The adults whom the account of whoever is signed in stands for."""
        answer = await self.service.client.get("/me/persons", headers={"X-Session": token})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def choose_person(self, token: str, guardian_id: UUID) -> httpx2.Response:
        """Say who acts."""
        body = {"guardian_id": str(guardian_id)}
        return await self.service.client.put("/me/person", json=body, headers={"X-Session": token, **self.browser})

    async def send_code(self, token: str) -> httpx2.Response:
        """Ask for a code to prove who one is."""
        return await self.service.client.post("/me/step-up/codes", headers={"X-Session": token})

    async def mailed_codes(self) -> list[str]:
        """Every code that was mailed so far, opened as the notifications service does."""
        return [
            self.unsealed(event.sealed) for event in await self.service.outbox() if isinstance(event, StepUpCodeIssued)
        ]

    async def mailed_code(self, token: str) -> str:
        """Ask for a code; the one that was mailed."""
        answer = await self.send_code(token)
        assert answer.status_code == 201, answer.text
        return (await self.mailed_codes())[-1]

    async def prove(self, token: str, code: str) -> httpx2.Response:
        """Send a code."""
        return await self.service.client.post("/me/step-up", json={"code": code}, headers={"X-Session": token})

    async def opened(self, token: str) -> frozenset[str]:
        """The acts that the actor token of a session opens."""
        session = await self.session(token)
        return read_actor(str(session.actor_token), self.service.actor_key).opened

    async def activated(self, person: Adult | None = None) -> tuple[Credential, str]:
        """Walk as far as the first sign-in: what was mailed, and the session token."""
        mailed = await self.invited(person)
        assert (await self.activate(mailed.activation_token)).status_code == 201
        return mailed, await self.signed_in(mailed.username, mailed.temporary_password)

    async def ready(self, person: Adult | None = None) -> str:
        """Walk to the end: the session token of a person with personal credentials who accepted the terms."""
        _, token = await self.activated(person)
        answer = await self.choose(token)
        assert answer.status_code == 200, answer.text
        renewed = SessionOpened.model_validate_json(answer.content).session_token
        if (await self.session(renewed)).stage is SessionStage.ENTER_KEYS:
            offered = {code: service["key"] or "" for code, service in (await self.own_services(renewed)).items()}
            assert (await self.enter_keys(renewed, **offered)).status_code == 200
        assert (await self.accept(renewed)).status_code == 200
        return renewed


def guardian(email: str | None = "dominique@famille.example", **fields: Any) -> Adult:
    """An adult, invited unless told otherwise."""
    values = {"civility": Civility.MONSIEUR, "first_name": "Dominique", "last_name": "Testeur", "email": email}
    return adult(fields.pop("adult_id", None) or uuid4(), **values | fields)


def problem(answer: httpx2.Response, status: int) -> str:
    """The code of a refusal with this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])


def field_codes(answer: httpx2.Response) -> dict[str, str]:
    """The code of each field that a refusal is about."""
    assert answer.status_code == 422, answer.text
    return {error["pointer"]: error["code"] for error in json.loads(answer.content)["errors"]}


def town_file(folder: Path, town: str = DEMO.name, **identity: Any) -> Path:
    """A town, the demo one unless a test says else, with other values in the named tables of `[identity]`; a list replaces the town's."""
    base = DEMO.with_name(town) / "town.toml"
    section = tomllib.loads(base.read_text())["identity"]
    changed = {
        name: values if isinstance(values, list) else {**section.get(name, {}), **values}
        for name, values in {**section, **identity}.items()
    }
    changed["terms"]["file"] = "terms.toml"
    shutil.copy(DEMO.parent / "terms.toml", folder / "terms.toml")
    return write_town(folder, base=base, identity=changed)
