"""What the demonstration town is given on its first day. Every step may be run again: what exists is left as it is."""

import asyncio
import json
import time
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.types import ActorKind
from tools.mailbox import credentials_of, wait_for_mail

SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)
TOKEN_LIFETIME = timedelta(minutes=10)
OPEN_DAYS = 210
ACCEPTED = (200, 201, 204)
WAIT_SECONDS = 30.0
SERVICES = ("identity", "family", "booking", "billing")


class SeedFailed(Exception):
    """A service refused a step of the seed; the text says which and why."""


class Seed:
    """The steps, in the order in which a town would take them."""

    def __init__(self, clients: Mapping[str, httpx2.AsyncClient], mail_url: str, token: str, folder: Path) -> None:
        self._clients = clients
        self._mail_url = mail_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._plan = tomllib.loads((folder / "seed.toml").read_text("utf-8"))
        personas = tomllib.loads((folder / "personas.toml").read_text("utf-8"))["persona"]
        self._passwords = {persona["login"]: persona["password"] for persona in personas}

    @classmethod
    @asynccontextmanager
    async def open(cls, env: Mapping[str, str], folder: Path) -> AsyncIterator["Seed"]:
        """A seed that speaks to the addresses in the environment, as the town's own tool."""
        key = OKPKey.import_key(json.loads((Path(env["SECRETS_DIR"]) / "actor_private.json").read_text()))
        token, _ = sign_actor(SYSTEM, key, TOKEN_LIFETIME)
        clients = {name: httpx2.AsyncClient(base_url=env[f"{name.upper()}_URL"], timeout=20) for name in SERVICES}
        try:
            yield cls(clients, env["MAIL_URL"], token, folder)
        finally:
            for client in clients.values():
                await client.aclose()

    async def run(self) -> None:
        """Every step."""
        for agent in self._plan["agents"]:
            await self._create_agent(agent)
        for tariff in self._plan["tariffs"]:
            await self._set_tariff(tariff)
        for activity in self._plan["activities"]:
            await self._open_activity(activity)
        for household in self._plan["households"]:
            await self._open_household(household)

    async def _create_agent(self, agent: Mapping[str, Any]) -> None:
        body = {**agent, "password": self._passwords[agent["username"]]}
        key = f"seed-agent-{agent['username']}"
        await self._call("identity", "POST", "/agents", body, key=key, known_code="username_taken")

    async def _set_tariff(self, tariff: Mapping[str, Any]) -> None:
        brackets = [{"quotient_max_cents": None, **bracket} for bracket in tariff["brackets"]]
        body = {"label": tariff["label"], "effective_on": _school_year()[0].isoformat(), "brackets": brackets}
        listed = await self._call("billing", "GET", "/tariffs")
        if tariff["code"] not in {known["tariff_code"] for known in listed["items"]}:
            await self._call("billing", "PUT", f"/tariffs/{tariff['code']}", body)

    async def _open_activity(self, plan: Mapping[str, Any]) -> None:
        starts_on, ends_on = _school_year()
        listed = await self._call("booking", "GET", "/activities")
        activity = next((known for known in listed["items"] if known["label"] == plan["label"]), None)
        if activity is None:
            await self._call("booking", "POST", "/sites", plan["site"])
            body = {name: plan[name] for name in plan if name not in ("site", "weekdays", "capacity")}
            body |= {
                "site_codes": [plan["site"]["code"]],
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat(),
            }
            activity = await self._call("booking", "POST", "/activities", body)
        today = datetime.now(UTC).date()
        dates = (today + timedelta(days=offset) for offset in range(OPEN_DAYS))
        days = [day.isoformat() for day in dates if day.weekday() in plan["weekdays"] and day <= ends_on]
        body = {"days": days, "capacity": plan["capacity"]}
        await self._call("booking", "POST", f"/activities/{activity['activity_id']}/slots", body)

    async def _open_household(self, plan: Mapping[str, Any]) -> None:
        household = await self._call(
            "family", "POST", "/households", plan["body"], key=f"seed-{plan['key']}", known_code="email_already_used"
        )
        if household is None or not plan["is_ready"]:
            return
        guardian_id = household["payer_adult_id"]
        if not await self._can_sign_in(plan["username"]):
            email = plan["body"]["guardian"]["email"]
            mail = await asyncio.to_thread(wait_for_mail, self._mail_url, email, WAIT_SECONDS)
            await self._take_first_steps(mail["text"], plan["username"])
        for child in household["children"]:
            if child["first_name"] in plan["enrolled"]:
                await self._enroll(child["child_id"], guardian_id)

    async def _can_sign_in(self, username: str) -> bool:
        body = {"login": username, "password": self._passwords[username]}
        return await self._call("identity", "POST", "/sessions", body, known_code="invalid_credentials") is not None

    async def _take_first_steps(self, mail: str, username: str) -> None:
        """Activate, sign in, choose credentials and accept the terms, as the family does in its browser."""
        credentials = credentials_of(mail)
        await self._call(
            "identity", "POST", "/activations", {"token": credentials.token}, known_code="activation_link_used"
        )
        signed_in = await self._call(
            "identity", "POST", "/sessions", {"login": credentials.username, "password": credentials.password}
        )
        password = self._passwords[username]
        choice = {"username": username, "password": password, "password_confirmation": password}
        session = signed_in["session_token"]
        session = (await self._call("identity", "PUT", "/me/credentials", choice, session=session))["session_token"]
        terms = await self._call("identity", "GET", "/terms", session=session)
        accepted = {"version": terms["version"], "end_token": terms["end_token"], "is_accepted": True}
        await self._call("identity", "POST", "/me/terms-acceptance", accepted, session=session)

    async def _enroll(self, child_id: str, guardian_id: str) -> None:
        """Enroll a child once the booking service knows the household, and validate the request."""
        listed = await self._call("booking", "GET", "/activities")
        deadline = time.monotonic() + WAIT_SECONDS
        for activity in listed["items"]:
            body = {"child_id": child_id, "activity_id": activity["activity_id"]}
            key = f"seed-{child_id}-{activity['activity_id']}"
            while (
                enrollment := await self._call("booking", "POST", "/enrollments", body, key=key, known_code="not_found")
            ) is None:
                if time.monotonic() > deadline:
                    raise SeedFailed(f"the booking service does not know guardian {guardian_id}")
                await asyncio.sleep(0.2)
            await self._call(
                "booking", "POST", f"/enrollments/{enrollment['enrollment_id']}/decision", {"is_validated": True}
            )

    async def _call(
        self,
        service: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        **options: str,
    ) -> Any:
        """The answer of a service; None when it refuses with `known_code`. `key` is an idempotency key."""
        headers = dict(self._headers)
        if key := options.get("key"):
            headers["Idempotency-Key"] = key
        if session := options.get("session"):
            headers["X-Session"] = session
        response = await self._clients[service].request(method, path, json=body, headers=headers)
        if response.status_code in ACCEPTED:
            return response.json() if response.content else None
        problem = response.json()
        codes = {problem.get("code"), *(error["code"] for error in problem.get("errors", ()))}
        if options.get("known_code") in codes:
            return None
        raise SeedFailed(
            f"{service} {method} {path}: {response.status_code} {problem.get('code')} {sorted(map(str, codes))}"
        )


def _school_year() -> tuple[date, date]:
    """The school year that runs today, or the next one in summer."""
    today = datetime.now(UTC).date()
    start = today.year if today.month >= 7 else today.year - 1
    return date(start, 9, 1), date(start + 1, 7, 6)
