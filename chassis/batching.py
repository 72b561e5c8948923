"""The batcher (group commit): requests that arrive while a batch is under way are run together as the next one.

An idle batcher runs a request at once, alone; under load the batches grow by themselves, so that one transaction pays for
many requests. Each caller gets its own outcome, and a fault that one request brings about does not reach the others.

A batch says when the next one may begin beside it, which is when it holds what the two could dispute. So the order of
arrival is kept, and the processor has one batch to work on while the database works on the other.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from chassis.data.database import Database
from chassis.data.outages import is_outage
from chassis.refusal import Busy, Refusal
from chassis.supervision import note_death

BATCH_MAX = 32
UNDER_WAY_MAX = 2
WAITING_MAX = 2_000

RequestT = TypeVar("RequestT")
AnswerT = TypeVar("AnswerT")

MayFollow = Callable[[], None]
Run = Callable[[Database, Sequence[RequestT], MayFollow], Awaitable[Sequence[AnswerT | Refusal]]]


class Batcher(Generic[RequestT, AnswerT]):
    """Runs requests in batches, in order of arrival, with a queue that has an end. `run` gives an outcome for each request.

    `run` is also given a function to call once the next batch may begin; without a call that is when it returns.
    """

    def __init__(self, run: Run[RequestT, AnswerT], batch_max: int = BATCH_MAX) -> None:
        self._run = run
        self._batch_max = batch_max
        self._waiting: deque[tuple[RequestT, asyncio.Future[AnswerT]]] = deque()
        self._turns: set[asyncio.Task[None]] = set()
        self._is_held = False

    async def submit(self, db: Database, request: RequestT) -> AnswerT:
        """The answer to a request, or its refusal raised; `Busy` when too many are waiting already."""
        if len(self._waiting) >= WAITING_MAX:
            raise Busy
        answer: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        self._begin(db)
        return await answer

    def _begin(self, db: Database) -> None:
        """Give the next batch its turn, if somebody waits and it may begin."""
        # Beside another one only a whole batch is worth its statements.
        least = self._batch_max if self._turns else 1
        if self._is_held or len(self._turns) >= UNDER_WAY_MAX or len(self._waiting) < least:
            return
        self._is_held = True
        # A context of its own: a batch belongs to no request, so it carries nobody's trace or log fields.
        turn = asyncio.create_task(self._take_turn(db), context=contextvars.Context())
        self._turns.add(turn)

        def end(turn: asyncio.Task[None]) -> None:
            self._turns.discard(turn)
            if not turn.cancelled():
                turn.exception()  # logged already; unless it is read, the event loop logs it once more
            self._begin(db)

        turn.add_done_callback(end)

    async def _take_turn(self, db: Database) -> None:
        is_mine = True

        def may_follow() -> None:
            nonlocal is_mine
            if is_mine:
                is_mine = self._is_held = False
                self._begin(db)

        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_max))]
        try:
            await self._run_batch(db, batch, may_follow)
        except BaseException as error:
            note_death("batcher", error)
            raise
        finally:
            # Nobody waits for ever for a turn that ended early: with its key a request finds out what became of it.
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(Busy())
            may_follow()

    async def _run_batch(
        self, db: Database, batch: Sequence[tuple[RequestT, asyncio.Future[AnswerT]]], may_follow: MayFollow
    ) -> None:
        try:
            outcomes: Sequence[AnswerT | BaseException] = await self._run(
                db, [request for request, _ in batch], may_follow
            )
        except Exception as error:
            if len(batch) > 1 and not (isinstance(error, Refusal) or is_outage(error)):
                for single in batch:
                    await self._run_batch(db, [single], may_follow)
                return
            outcomes = [error] * len(batch)
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue
            if isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
