"""Agents, and households with what their people did first: the invitation, the credentials, the terms; who lives where."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.types import ResidencePattern
from tools.mailbox import credentials_of, wait_for_mail

from .calls import WAIT_SECONDS, Calls
from .plan import Days, HouseholdPlan

Household = Mapping[str, Any]


class People:
    """The people of a plan. `passwords` are by login; `opened` are the households, by the key of the plan."""

    def __init__(self, calls: Calls, days: Days, mail_url: str, passwords: Mapping[str, str]) -> None:
        self._calls = calls
        self._days = days
        self._mail_url = mail_url
        self._passwords = passwords
        self.opened: dict[str, Household] = {}

    async def create_agent(self, agent: Mapping[str, Any]) -> None:
        body = {**agent, "password": self._passwords[agent["username"]]}
        key = f"seed-agent-{agent['username']}"
        await self._calls.send("identity", "POST", "/agents", body, key=key, known_code="username_taken")

    async def open_household(self, plan: HouseholdPlan) -> None:
        """Open the file; a child of another household belongs to this one too."""
        known = [self.child_id(shared.household, shared.child) for shared in plan.shared]
        body = {**self._file(plan), "known_child_ids": known}
        self.opened[plan.key] = await self._opened_before(plan) or await self._calls.send(
            "family", "POST", "/households", body, key=f"seed-{plan.key}"
        )

    async def settle(self, plan: HouseholdPlan) -> None:
        """Say where children of two homes live, and that whoever came last month belonged to the household then, and who paid: a file
        begins today when nobody says else."""
        household_id = self.opened[plan.key]["household_id"]
        today = self._days.today
        for shared in plan.shared:
            residence = {
                "pattern": shared.pattern,
                "household_ids": [self.opened[shared.household]["household_id"], household_id],
                "anchor_on": self._days.monday.isoformat() if shared.pattern is ResidencePattern.ALTERNATING else None,
                "evidence": shared.evidence,
                "starts_on": today.isoformat(),
            }
            child_id = self.child_id(shared.household, shared.child)
            await self._calls.send("family", "PUT", f"/children/{child_id}/residence", residence)
        if not plan.attended:
            return
        since = {"starts_on": self._days.last_month[0].isoformat()}
        payer_id = self.opened[plan.key]["payer_adult_id"]
        await self._calls.send("family", "PUT", f"/households/{household_id}/members/{payer_id}", since)
        await self._calls.send("family", "PUT", f"/households/{household_id}/payer", {"adult_id": payer_id, **since})
        for first_name in {row.child for row in plan.attended}:
            child_id = self.child_id(plan.key, first_name)
            await self._calls.send("family", "PUT", f"/households/{household_id}/members/{child_id}", since)

    async def welcome(self, plan: HouseholdPlan) -> None:
        """Who has a login follows their invitation."""
        if plan.login is None or await self._can_sign_in(plan.login):
            return
        email = plan.guardian["email"]
        mail = await asyncio.to_thread(wait_for_mail, self._mail_url, email, WAIT_SECONDS)
        await self._take_first_steps(mail["text"], plan)

    def child_id(self, household: str, first_name: str) -> str:
        """A child of a household that was opened."""
        children = self.opened[household]["children"]
        return str(next(child["child_id"] for child in children if child["first_name"] == first_name))

    async def _opened_before(self, plan: HouseholdPlan) -> Household | None:
        first_name, last_name = plan.guardian["first_name"], plan.guardian["last_name"]
        for household in await self._calls.list("family", "/households", search=last_name):
            if household["payer_name"] == f"{first_name} {last_name}":
                opened: Household = await self._calls.send("family", "GET", f"/households/{household['household_id']}")
                return opened
        return None

    def _file(self, plan: HouseholdPlan) -> dict[str, Any]:
        quotient_on = {"effective_on": self._days.last_month[0].isoformat()}
        return {
            "guardian": plan.guardian,
            "co_guardian": plan.co_guardian,
            "address": plan.address,
            "children": [
                {
                    "first_name": child.first_name,
                    "last_name": child.last_name,
                    "birth_on": child.born_on(self._days.today).isoformat(),
                }
                for child in plan.children
            ],
            "expected_children": [
                {"last_name": child.last_name, "expected_on": (self._days.today + timedelta(child.in_days)).isoformat()}
                for child in plan.expected
            ],
            "twin_reason": plan.twin_reason,
            "quotient": {**quotient_on, **plan.quotient} if plan.quotient else None,
        }

    async def _can_sign_in(self, login: str) -> bool:
        body = {"login": login, "password": self._passwords[login]}
        return (
            await self._calls.send("identity", "POST", "/sessions", body, known_code="invalid_credentials") is not None
        )

    async def _take_first_steps(self, mail: str, plan: HouseholdPlan) -> None:
        """Activate, sign in, choose credentials and accept the terms, as the family does in its browser."""
        calls, credentials = self._calls, credentials_of(mail)
        await calls.send(
            "identity", "POST", "/activations", {"token": credentials.token}, known_code="activation_link_used"
        )
        signed_in = await calls.send(
            "identity", "POST", "/sessions", {"login": credentials.username, "password": credentials.password}
        )
        password = self._passwords[plan.login or ""]
        name = {} if plan.login == plan.guardian["email"] else {"username": plan.login}
        choice = {**name, "password": password, "password_confirmation": password}
        session = signed_in["session_token"]
        session = (await calls.send("identity", "PUT", "/me/credentials", choice, session=session))["session_token"]
        services = (await calls.send("identity", "GET", "/me/service-keys", session=session))["services"]
        keys = [{"service": service["code"], "key": service["key"] or ""} for service in services]
        if keys:
            await calls.send("identity", "PUT", "/me/service-keys", {"keys": keys}, session=session)
        terms = await calls.send("identity", "GET", "/terms", session=session)
        accepted = {"version": terms["version"], "end_token": terms["end_token"], "is_accepted": True}
        await calls.send("identity", "POST", "/me/terms-acceptance", accepted, session=session)
