"""The batcher (group commit): requests that arrive while a batch is under way are run together as the next one.

An idle batcher runs a request at once, alone; under load the batches grow by themselves, so that one transaction pays for
many requests. Each caller gets its own outcome, and a fault that one request brings about does not reach the others.
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
WAITING_MAX = 2_000

RequestT = TypeVar("RequestT")
AnswerT = TypeVar("AnswerT")

Run = Callable[[Database, Sequence[RequestT]], Awaitable[Sequence[AnswerT | Refusal]]]


class Batcher(Generic[RequestT, AnswerT]):
    """Runs requests in batches, in order of arrival, with a queue that has an end. `run` gives an outcome for each request."""

    def __init__(self, run: Run[RequestT, AnswerT], batch_max: int = BATCH_MAX) -> None:
        self._run = run
        self._batch_max = batch_max
        self._waiting: deque[tuple[RequestT, asyncio.Future[AnswerT]]] = deque()
        self._turn: asyncio.Task[None] | None = None

    async def submit(self, db: Database, request: RequestT) -> AnswerT:
        """The answer to a request, or its refusal raised; `Busy` when too many are waiting already."""
        if len(self._waiting) >= WAITING_MAX:
            raise Busy
        answer: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        self._begin(db)
        return await answer

    def _begin(self, db: Database) -> None:
        """Give the next batch its turn, if somebody waits and none is under way."""
        if self._turn is not None or not self._waiting:
            return
        # A context of its own: a batch belongs to no request, so it carries nobody's trace or log fields.
        self._turn = asyncio.create_task(self._take_turn(db), context=contextvars.Context())

        def end(turn: asyncio.Task[None]) -> None:
            self._turn = None
            if not turn.cancelled():
                turn.exception()  # logged already; unless it is read, the event loop logs it once more
            self._begin(db)

        self._turn.add_done_callback(end)

    async def _take_turn(self, db: Database) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch_max))]
        try:
            await self._run_batch(db, batch)
        except BaseException as error:
            note_death("batcher", error)
            raise
        finally:
            # Nobody waits for ever for a turn that ended early: with its key a request finds out what became of it.
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(Busy())

    async def _run_batch(self, db: Database, batch: Sequence[tuple[RequestT, asyncio.Future[AnswerT]]]) -> None:
        try:
            outcomes: Sequence[AnswerT | BaseException] = await self._run(db, [request for request, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not (isinstance(error, Refusal) or is_outage(error)):
                for single in batch:
                    await self._run_batch(db, [single])
                return
            outcomes = [error] * len(batch)
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue
            if isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
