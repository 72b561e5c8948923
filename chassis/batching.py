"""Batching: requests that arrive while a batch is under way are run together as the next one.

An idle batcher runs a request at once, alone; under load the batches grow by themselves, so that one transaction pays for
many requests. Each caller gets its own outcome, and a fault that one request brings about does not reach the others.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from .applying import OUTAGES
from .database import Database
from .refusal import Busy, Refusal

BATCH_MAX = 32
WAITING_MAX = 2_000

RequestT = TypeVar("RequestT")
AnswerT = TypeVar("AnswerT")

Run = Callable[[Database, Sequence[RequestT]], Awaitable[Sequence[AnswerT | Refusal]]]


class Batcher(Generic[RequestT, AnswerT]):
    """Runs requests in batches, in order of arrival, one batch at a time. `run` gives an outcome for each request."""

    def __init__(self, run: Run[RequestT, AnswerT], batch_max: int = BATCH_MAX) -> None:
        self._run = run
        self._batch_max = batch_max
        self._waiting: deque[tuple[RequestT, asyncio.Future[AnswerT]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def submit(self, db: Database, request: RequestT) -> AnswerT:
        """The answer to a request, or its refusal raised; `Busy` when too many are waiting already."""
        if len(self._waiting) >= WAITING_MAX:
            raise Busy
        answer: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._task is None:
            # A context of its own: a batch belongs to no request, so it carries nobody's trace or log fields.
            self._task = asyncio.create_task(self._run_waiting(db), context=contextvars.Context())
        return await answer

    async def _run_waiting(self, db: Database) -> None:
        try:
            while self._waiting:
                size = min(len(self._waiting), self._batch_max)
                await self._run_batch(db, [self._waiting.popleft() for _ in range(size)])
        finally:
            self._task = None

    async def _run_batch(self, db: Database, batch: Sequence[tuple[RequestT, asyncio.Future[AnswerT]]]) -> None:
        try:
            outcomes: Sequence[AnswerT | BaseException] = await self._run(db, [request for request, _ in batch])
        except (Refusal, *OUTAGES) as error:
            outcomes = [error] * len(batch)
        except Exception as error:
            if len(batch) > 1:
                for single in batch:
                    await self._run_batch(db, [single])
                return
            outcomes = [error]
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue
            if isinstance(outcome, BaseException):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
