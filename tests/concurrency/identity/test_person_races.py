"""Two files that name one address at once, a file that names somebody who is being erased, and two who merge accounts at once, or merge one while its holder signs in."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.data.database import Transaction
from contracts.family.events import HouseholdState
from contracts.identity.merging import MergeRequest
from services.identity.accounts import store as accounts
from services.identity.accounts.consumers import HouseholdConsumer
from services.identity.adapters.keys import Keys
from services.identity.invariants.queries import STRAY_PERSONS_SQL
from services.identity.merging.commands import merge_accounts
from services.identity.persons import store as persons
from services.identity.settings import IdentityRules
from tests.component.identity.merges import SECOND, Desk, twice
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, guardian
from tests.support.locks import as_far_as_it_can
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

UNLOCKED = " for update"


@pytest.fixture
def walk(service: RunningService, secrets_dir: Path) -> Walk:
    return Walk(service, secrets_dir)


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens where nobody waits for an account."""
    monkeypatch.setattr(accounts, "LOCK_ACCOUNTS_SQL", accounts.LOCK_ACCOUNTS_SQL.replace(UNLOCKED, ""))


@pytest.fixture
async def without_addresses(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens where nobody waits for an address, and the database allows two accounts of one."""
    monkeypatch.setattr(persons, "TAKE_ADDRESSES_SQL", "select $1::text[]")
    await service.db.execute("drop index accounts_family_address")


async def while_applied(walk: Walk, first: HouseholdState, second: HouseholdState) -> None:
    """Apply a second file while the first one is not committed."""
    await meanwhile(walk, first, walk.service.deliver_unchecked(second))


async def meanwhile(walk: Walk, file: HouseholdState, coming: Coroutine[Any, Any, None]) -> None:
    """Let something come while a file is applied, and not committed yet."""
    service = walk.service
    provided = service.service.provide
    rules: IdentityRules = provided[IdentityRules]
    consumer = HouseholdConsumer(provided[Keys].seal, rules.validity.invitation)
    async with service.db.transaction() as tx:
        await consumer.apply(tx, file, service.envelope(file))
        begun = asyncio.create_task(coming)
        await as_far_as_it_can(service.db, begun)
    await begun


async def counts(service: RunningService) -> tuple[int, int, int]:
    """How many accounts, people of them, and invitations there are."""
    row = await service.db.fetchrow(
        "select (select count(*) from accounts), (select count(*) from account_persons), (select count(*) from invitations)"
    )
    assert row is not None
    return tuple(row)


async def test_two_files_with_one_address_at_once_make_one_account(walk: Walk, service: RunningService) -> None:
    await while_applied(walk, walk.household(guardian()), walk.household(guardian(first_name="Claude")))
    assert await counts(service) == (1, 2, 1)


@pytest.mark.usefixtures("without_addresses")
async def test_without_the_lock_there_would_be_two(walk: Walk, service: RunningService) -> None:
    await while_applied(walk, walk.household(guardian()), walk.household(guardian(first_name="Claude")))
    assert await counts(service) == (2, 2, 2)


@pytest.mark.parametrize("is_named_again", [True, False])
async def test_whoever_is_named_again_while_they_are_erased_stays(
    walk: Walk, service: RunningService, is_named_again: bool
) -> None:
    household_id, goes, stays = uuid4(), guardian(), guardian(SECOND)
    await service.deliver(walk.household(goes, stays, household_id=household_id))
    await service.deliver(walk.household(stays, household_id=household_id))
    service.advance(days=91)
    named = [goes, stays] if is_named_again else [stays]
    await meanwhile(walk, walk.household(*named, household_id=household_id), service.run_job("purge"))
    known = await service.db.fetch("select guardian_id from account_persons")
    assert {row["guardian_id"] for row in known} == {person.adult_id for person in named}


async def test_many_files_with_one_address_at_once_make_one_account(walk: Walk, service: RunningService) -> None:
    states = [walk.household(guardian(first_name=f"Nom {number}"), guardian()) for number in range(6)]
    await asyncio.gather(*(service.deliver_unchecked(state) for state in states))
    assert await counts(service) == (1, 12, 1)
    assert await service.db.fetchval("select count(*) from dead_letters") == 0
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


class Pair:
    """Two accounts of one human, and what they were previewed with, either way."""

    def __init__(self, walk: Walk) -> None:
        self.desk = Desk(walk)
        self.ids: tuple[UUID, UUID] = (UUID(int=0), UUID(int=0))
        self.seen: dict[tuple[UUID, UUID], str] = {}

    async def settled(self) -> "Pair":
        people = twice()
        await self.desk.settled(*people)
        one, two = await self.desk.account_of(people[0]), await self.desk.account_of(people[1])
        self.ids = (one, two)
        for kept, merged in ((one, two), (two, one)):
            self.seen[kept, merged] = (await self.desk.preview(kept, merged)).json()["fingerprint"]
        return self

    async def merged_in(self, tx: Transaction) -> None:
        """The second one is merged into the first, which is not committed yet."""
        kept, merged = self.ids
        request = MergeRequest(merged_account_id=merged, fingerprint=self.seen[kept, merged])
        await merge_accounts.__wrapped__(tx, agent_of(Role.DIRECTOR), kept, request)  # type: ignore[attr-defined]  # the command without its transaction

    async def meanwhile(self, act: Callable[[], Awaitable[Any]]) -> Any:
        """The answer to an act that begins while the merge is not committed."""
        async with self.desk.service.db.transaction() as tx:
            await self.merged_in(tx)
            acting = asyncio.ensure_future(act())
            await as_far_as_it_can(self.desk.service.db, acting)  # type: ignore[arg-type]  # a future is awaited like a task
        return await acting

    async def merged(self, kept: UUID, merged: UUID) -> Any:
        return await self.desk.merge(kept, merged, self.seen[kept, merged])


async def test_a_merge_that_comes_second_finds_it_done(walk: Walk, service: RunningService) -> None:
    pair = await Pair(walk).settled()
    answer = await pair.meanwhile(lambda: pair.merged(*pair.ids))
    assert (answer.status_code, answer.json()["code"]) == (409, "account_not_mergeable")
    assert await service.db.fetchval("select count(*) from account_merges") == 1


async def test_of_two_merges_into_each_other_one_is_made(walk: Walk, service: RunningService) -> None:
    pair = await Pair(walk).settled()
    answer = await pair.meanwhile(lambda: pair.merged(pair.ids[1], pair.ids[0]))
    assert (answer.status_code, answer.json()["code"]) == (409, "account_not_mergeable")
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


@pytest.mark.usefixtures("without_locks")
async def test_without_the_locks_both_accounts_would_be_closed(walk: Walk, service: RunningService) -> None:
    pair = await Pair(walk).settled()
    answer = await pair.meanwhile(lambda: pair.merged(pair.ids[1], pair.ids[0]))
    assert answer.status_code == 201
    assert await service.db.fetch(STRAY_PERSONS_SQL) != []


async def test_merges_into_each_other_at_once_never_wait_for_each_other(walk: Walk, service: RunningService) -> None:
    pair = await Pair(walk).settled()
    answers = await asyncio.gather(*(pair.merged(*ids) for ids in (pair.ids, pair.ids[::-1]) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_whoever_signs_in_while_the_account_is_merged_has_no_session_of_it(
    walk: Walk, service: RunningService
) -> None:
    pair = await Pair(walk).settled()
    answer = await pair.meanwhile(lambda: walk.sign_in(SECOND, PERSONAL_PASSWORD))
    assert (answer.status_code, answer.json()["code"]) == (403, "account_merged")
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


@pytest.mark.usefixtures("without_locks")
async def test_without_the_lock_the_closed_account_would_be_opened(walk: Walk, service: RunningService) -> None:
    pair = await Pair(walk).settled()
    answer = await pair.meanwhile(lambda: walk.sign_in(SECOND, PERSONAL_PASSWORD))
    assert answer.status_code == 201
    assert await service.db.fetch(STRAY_PERSONS_SQL) != []


async def test_of_two_who_undo_a_merge_one_does(walk: Walk, service: RunningService) -> None:
    pair = await Pair(walk).settled()
    merge_id = (await pair.merged(*pair.ids)).json()["merge_id"]
    answers = await asyncio.gather(*(pair.desk.undo(merge_id) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []
