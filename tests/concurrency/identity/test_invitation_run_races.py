"""Runs of invitations that meet: confirmed twice at once, worked on twice at once, broken off in the middle. Each person is invited once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from chassis.data.database import Transaction
from services.identity.accounts import store as accounts
from services.identity.invitation_runs import commands, store
from services.identity.settings import IdentityRules
from tests.component.identity.lists import Desk
from tests.component.identity.walk import Walk, guardian, town_file
from tests.support.applications import Applications
from tests.support.locks import as_far_as_it_can
from tests.support.roles import Role, agent_of

pytestmark = pytest.mark.anyio

UNLOCKED = " for update"
PEOPLE = 5


class Killed(Exception):
    """The process ends here."""


@pytest.fixture
async def desk(applications: Applications, tmp_path: Path, secrets_dir: Path) -> AsyncIterator[Desk]:
    """In a town whose agents invite when it is ready, with some families."""
    town = town_file(tmp_path, invitation={"is_automatic": False})
    async with applications.lend("identity", town_file=town) as service:
        desk = Desk(service, Walk(service, secrets_dir))
        for number in range(1, PEOPLE + 1):
            await desk.household(number, guardian(f"n{number}@famille.example"))
        yield desk


def rules(desk: Desk) -> IdentityRules:
    own: IdentityRules = desk.service.service.provide[IdentityRules]
    return own


async def worked_in(tx: Transaction, desk: Desk, count: int = PEOPLE) -> int | None:
    """The job's work in a transaction that has not committed yet."""
    work = commands._work.__wrapped__  # type: ignore[attr-defined]  # the command without its transaction
    ordered: int | None = await work(tx, rules(desk), count)
    return ordered


async def confirmed_in(tx: Transaction, desk: Desk, run: dict[str, Any]) -> None:
    """An agent confirms, and has not committed yet."""
    confirm = commands.confirm.__wrapped__  # type: ignore[attr-defined]  # the command without its transaction
    await confirm(tx, agent_of(Role.DIRECTOR), rules(desk), UUID(run["run_id"]))


async def acts(desk: Desk) -> int:
    count: int = await desk.service.db.fetchval(
        "select count(*) from history where action = 'invitation_run_confirmed'"
    )
    return count


async def finished(desk: Desk) -> Counter[UUID]:
    """How often each account was invited once all is done."""
    for _ in range(4):
        await desk.work()
    return Counter(event.account_id for event in await desk.issued())


async def confirm_at_once(desk: Desk) -> None:
    run = await desk.proposed("\n".join(f"F-{number:06}" for number in range(1, PEOPLE + 1)))
    async with desk.service.db.transaction() as tx:
        await confirmed_in(tx, desk, run)
        other = asyncio.create_task(desk.confirm(run))
        await as_far_as_it_can(desk.service.db, other)
    assert (await other).status_code == 200


async def test_a_run_is_confirmed_once(desk: Desk) -> None:
    await confirm_at_once(desk)
    assert await acts(desk) == 1
    assert set((await finished(desk)).values()) == {1}


async def test_without_its_lock_it_is_confirmed_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOCK_RUN_SQL", store.LOCK_RUN_SQL.replace(UNLOCKED, ""))
    await confirm_at_once(desk)
    assert await acts(desk) == 2


async def test_two_answers_to_one_form_are_one_run(desk: Desk) -> None:
    key = desk.service.key() | desk.service.as_agent(Role.DIRECTOR)
    first, second = await asyncio.gather(*(desk.propose("F-000001", **key) for _ in range(2)))
    assert first.json()["run_id"] == second.json()["run_id"]


async def work_on_the_same_people(desk: Desk) -> None:
    """Two processes work at once on two runs of the same list."""
    for _ in range(2):
        await desk.confirmed(*range(1, PEOPLE + 1))
    async with desk.service.db.transaction() as tx:
        assert await worked_in(tx, desk) == PEOPLE
        other = asyncio.create_task(commands._work(desk.service.db, rules(desk), PEOPLE))
        await as_far_as_it_can(desk.service.db, other)
    assert await other == 0


async def test_the_same_list_twice_invites_once(desk: Desk) -> None:
    await work_on_the_same_people(desk)
    times = await finished(desk)
    assert len(times) == PEOPLE
    assert set(times.values()) == {1}
    rows = await desk.service.db.fetch("select finding, count(*) from invitation_lines group by finding")
    assert {row["finding"]: row["count"] for row in rows} == {"requested": PEOPLE, "invited": PEOPLE}


async def test_without_the_locks_of_accounts_both_would_invite(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "LOCK_ACCOUNTS_SQL", accounts.LOCK_ACCOUNTS_SQL.replace(UNLOCKED, ""))
    with pytest.raises((asyncpg.UniqueViolationError, AssertionError)):
        await work_on_the_same_people(desk)


async def test_one_run_is_worked_on_by_one_process(desk: Desk) -> None:
    await desk.confirmed(*range(1, PEOPLE + 1))
    async with desk.service.db.transaction() as tx:
        assert await worked_in(tx, desk) == PEOPLE
        assert await commands._work(desk.service.db, rules(desk), PEOPLE) is None
    assert set((await finished(desk)).values()) == {1}


async def killed_at_work(desk: Desk) -> None:
    async with desk.service.db.transaction() as tx:
        assert await worked_in(tx, desk, 2) == 2
        raise Killed


async def test_what_is_broken_off_is_done_again_and_once(desk: Desk) -> None:
    """A process that dies leaves nothing half done: the next one goes on where the last commit was."""
    run = await desk.confirmed(*range(1, PEOPLE + 1))
    async with desk.service.db.transaction() as tx:
        assert await worked_in(tx, desk, 2) == 2
    with pytest.raises(Killed):
        await killed_at_work(desk)
    waiting = await desk.report(run, finding="to_invite")
    assert len(waiting) == PEOPLE - 2
    times = await finished(desk)
    assert len(times) == PEOPLE
    assert set(times.values()) == {1}
    assert (await desk.run(run))["status"] == "done"


async def test_a_mail_that_an_agent_sends_meanwhile_is_the_only_one(desk: Desk) -> None:
    run = await desk.confirmed(*range(1, PEOPLE + 1))
    account_id = await desk.service.db.fetchval("select account_id from accounts order by account_id limit 1")
    headers = desk.service.as_agent(Role.DIRECTOR)
    answer = await desk.service.client.post(f"/accounts/{account_id}/invitation", headers=headers)
    assert answer.status_code == 201
    assert set((await finished(desk)).values()) == {1}
    findings = Counter(line["finding"] for line in await desk.report(run))
    assert findings == {"requested": PEOPLE - 1, "invited": 1}
