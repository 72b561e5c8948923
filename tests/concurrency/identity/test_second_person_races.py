"""Two who decide the same change at once, and a change of the agent meanwhile: it is decided once, and never from stale values."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx2
import pytest

from chassis.actor import Actor
from chassis.data.database import Transaction
from contracts.identity.agents import AgentChange
from services.identity.accounts import store as accounts
from services.identity.agents import store as agents
from services.identity.agents.commands import change_agent
from services.identity.second_person import store as changes
from services.identity.second_person.commands import decide
from services.identity.settings import IdentityRules
from tests.component.identity.agents import acting, actions, change_of, changed, created, decided, seen
from tests.support.locks import as_far_as_it_can
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

UNLOCKED = " for update"


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens where neither the account, the agent nor the change is locked."""
    monkeypatch.setattr(accounts, "LOCK_ACCOUNTS_SQL", accounts.LOCK_ACCOUNTS_SQL.replace(UNLOCKED, ""))
    monkeypatch.setattr(agents, "LOCK_AGENT_SQL", agents.LOCK_AGENT_SQL.replace(UNLOCKED, ""))
    monkeypatch.setattr(changes, "CHANGE_SQL", changes.CHANGE_SQL.replace(UNLOCKED, ""))


class Waiting:
    """A change that waits, of an agent of the front desk who is to manage accounts; and those who may decide it."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.people: list[dict[str, Any]] = []
        self.agent: dict[str, Any] = {}
        self.change: dict[str, Any] = {}

    async def asked(self) -> "Waiting":
        self.people = [await created(self.service, Role.DIRECTOR) for _ in range(3)]
        self.agent = await created(self.service, Role.FRONT_DESK)
        headers = acting(self.service, self.people[0])
        answer = await changed(self.service, self.agent, headers, roles=[Role.DIRECTOR])
        assert answer.status_code == 200, answer.text
        self.change = answer.json()["awaited"]
        return self

    @property
    def rules(self) -> IdentityRules:
        """The rules of the town."""
        rules: IdentityRules = self.service.service.provide[IdentityRules]
        return rules

    def actor(self, number: int) -> Actor:
        """One of those who manage accounts."""
        return replace(agent_of(Role.DIRECTOR), account_id=UUID(self.people[number]["account_id"]))

    async def confirmed_in(self, tx: Transaction) -> None:
        """The second person confirms, and has not committed yet."""
        change_id = UUID(self.change["change_id"])
        await decide.__wrapped__(tx, self.actor(1), self.rules, change_id, is_confirmed=True)  # type: ignore[attr-defined]  # the command without its transaction

    async def narrowed_in(self, tx: Transaction) -> None:
        """Somebody gives the agent another role, and has not committed yet."""
        wanted = AgentChange(**change_of(self.agent, roles=[Role.SITE]))
        account_id = UUID(self.agent["account_id"])
        await change_agent.__wrapped__(tx, self.actor(2), self.rules, account_id, wanted)  # type: ignore[attr-defined]  # the command without its transaction

    async def confirmed(self, number: int) -> httpx2.Response:
        """One of them confirms."""
        return await decided(self.service, self.change, acting(self.service, self.people[number]))


async def after(waiting: Waiting, first: Callable[[Transaction], Awaitable[None]]) -> httpx2.Response:
    """The answer to a third person's confirmation that begins while another act is not committed."""
    async with waiting.service.db.transaction() as tx:
        await first(tx)
        confirming = asyncio.create_task(waiting.confirmed(2))
        await as_far_as_it_can(waiting.service.db, confirming)
    return await confirming


async def test_two_who_confirm_at_once_confirm_once(service: RunningService) -> None:
    waiting = await Waiting(service).asked()
    answers = await asyncio.gather(*(waiting.confirmed(number) for number in (1, 2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [action for action, _ in await actions(service, waiting.agent)].count("agent_change_confirmed") == 1


async def test_whoever_comes_second_is_told_that_it_is_decided(service: RunningService) -> None:
    waiting = await Waiting(service).asked()
    answer = await after(waiting, waiting.confirmed_in)
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_change_decided")


@pytest.mark.usefixtures("without_locks")
async def test_without_the_locks_both_would_have_confirmed(service: RunningService) -> None:
    waiting = await Waiting(service).asked()
    answer = await after(waiting, waiting.confirmed_in)
    assert answer.status_code == 200
    assert [action for action, _ in await actions(service, waiting.agent)].count("agent_change_confirmed") == 2


async def test_an_agent_who_is_changed_meanwhile_keeps_that_change(service: RunningService) -> None:
    waiting = await Waiting(service).asked()
    answer = await after(waiting, waiting.narrowed_in)
    assert (answer.status_code, answer.json()["code"]) == (409, "agent_change_outdated")
    assert (await seen(service, waiting.agent))["roles"] == [Role.SITE]


@pytest.mark.usefixtures("without_locks")
async def test_without_the_locks_the_change_would_be_lost(service: RunningService) -> None:
    waiting = await Waiting(service).asked()
    answer = await after(waiting, waiting.narrowed_in)
    assert answer.status_code == 200
    assert (await seen(service, waiting.agent))["roles"] == [Role.DIRECTOR]
