"""A household and a child's custody come by two topics, and who may act for the child is derived from both at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.data.database import Transaction
from contracts.event import Event
from services.booking.directory import store
from tests.concurrency.booking.conftest import Rush
from tests.factories.households import KnownChild, adult, custody_state, household_state
from tests.support.locks import as_far_as_it_can

pytestmark = pytest.mark.anyio

Applied = Callable[[Transaction], Awaitable[None]]


@pytest.fixture
def without_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for anybody."""

    async def take_no_turn(*_arguments: Any) -> None:
        pass

    monkeypatch.setattr(store, "_take_turn", take_no_turn)


class Replicas:
    """A household and a child of it."""

    def __init__(self, rush: Rush) -> None:
        self._rush = rush
        self._household_id, self._adult, self._child = uuid4(), adult(uuid4()), KnownChild()

    def household(self, has_child: bool = True) -> Applied:
        """The household, with its child or without."""
        children = [self._child] if has_child else []
        state = household_state(self._household_id, [self._adult], children)
        return self._applied(store.keep_household, state, 1 if has_child else 2)

    def custody(self, is_answered_for: bool = True) -> Applied:
        """The child's custody, with its adult or without."""
        adult_ids = [self._adult.adult_id] if is_answered_for else []
        state = custody_state(self._child, adult_ids, [self._household_id])
        return self._applied(store.keep_custody, state, 2 if is_answered_for else 1)

    def _applied(self, keep: Any, state: Event, version: int) -> Applied:
        envelope = self._rush.service.envelope(state, sequence=version)
        return lambda tx: keep(tx, state, envelope)

    async def apply(self, applied: Applied) -> None:
        """Apply a state, in a transaction of its own."""
        async with self._rush.service.db.transaction() as tx:
            await applied(tx)

    async def apply_together(self, first: Applied, second: Applied) -> list[UUID]:
        """Apply the second state while the first one is not committed; who may act for the child then."""
        async with self._rush.service.db.transaction() as tx:
            await first(tx)
            other = asyncio.ensure_future(self.apply(second))
            await as_far_as_it_can(self._rush.service.db, other)
        await other
        return [row["adult_id"] for row in await self._rush.service.db.fetch("select adult_id from guardianships")]

    @property
    def guardians(self) -> list[UUID]:
        return [self._adult.adult_id]


@pytest.fixture
def replicas(rush: Rush) -> Replicas:
    return Replicas(rush)


@pytest.mark.usefixtures("without_turns")
async def test_without_turns_neither_sees_what_the_other_brings(replicas: Replicas) -> None:
    assert await replicas.apply_together(replicas.custody(), replicas.household()) == []


async def test_a_household_and_a_custody_that_come_together_are_both_seen(replicas: Replicas) -> None:
    assert await replicas.apply_together(replicas.custody(), replicas.household()) == replicas.guardians


async def leave_together(replicas: Replicas) -> list[UUID]:
    """The child is said to be answered for, and no longer to belong to the household, at once."""
    for applied in (replicas.household(), replicas.custody(is_answered_for=False)):
        await replicas.apply(applied)
    return await replicas.apply_together(replicas.custody(), replicas.household(has_child=False))


@pytest.mark.usefixtures("without_turns")
async def test_without_turns_somebody_acts_for_a_child_that_left(replicas: Replicas) -> None:
    assert await leave_together(replicas) == replicas.guardians


async def test_a_child_that_leaves_takes_its_turn_too(replicas: Replicas) -> None:
    assert await leave_together(replicas) == []
