"""The idempotent consumer: records are applied a batch a transaction, exactly once in effect, in order per key.

A batch that fails is taken apart and applied record by record. A record that fails is tried again after a pause, and only
what follows with the same key waits for it. A poison record (one that cannot be read, or that fails after its
capped attempts) is put aside as a dead letter, by reference and with its cause, never with its content, and blocks nothing
behind it. When the database itself is out of reach nothing is put aside: the caller asks for the batch again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

import asyncpg
import structlog
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from chassis.data.database import Database, Transaction
from chassis.data.outages import COLLISIONS, is_outage
from chassis.data.replicas import Replica
from chassis.events.dead_letters import DeadLetter, UnknownEvent, event_key, resting, store_dead_letter
from chassis.events.inbox import claim_events
from chassis.events.progress import Progress
from chassis.telemetry import CONSUMED, RETRIES, current_trace, span
from contracts.event import Envelope, Event
from contracts.registry import EVENTS

ATTEMPTS_MAX = 4
COLLISION_ATTEMPTS_MAX = 20
RETRY_PAUSE_SECONDS = 0.2
PATIENT = (*COLLISIONS, asyncpg.QueryCanceledError)
"""What contention in the database may do to a record for a while, and a poison record for ever."""

EventT = TypeVar("EventT", bound=Event)
Handler = Callable[[Transaction, Any, Envelope], Awaitable[None]]
ManyHandler = Callable[[Transaction, Sequence[tuple[Any, Envelope]]], Awaitable[None]]
EraseHandler = Callable[[Transaction, str], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReceivedRecord:
    """A record as it came: where it stands in its topic, and its envelope unless it is malformed (`fault`).

    `key` is its key as `plain_text`: two records of the same key have the same one, whatever their bytes.
    """

    partition: int
    offset: int
    key: str
    envelope: Envelope | None
    fault: Exception | None = None


@dataclass(slots=True)
class _Trial:
    """A record of a batch that failed, and how often it was tried alone."""

    record: ReceivedRecord
    attempts: int = 0
    is_resting: bool = False


@dataclass(slots=True)
class Subscriptions:
    """What a service listens to: a handler for each event class, and for each state that may be erased."""

    handlers: dict[str, tuple[type[Event], Handler]] = field(default_factory=dict)
    erasures: dict[str, EraseHandler] = field(default_factory=dict)
    replicas: dict[str, Replica] = field(default_factory=dict)
    many: dict[str, ManyHandler] = field(default_factory=dict)

    def on(self, event: type[EventT], handler: Callable[[Transaction, EventT, Envelope], Awaitable[None]]) -> None:
        """Call `handler(tx, event, envelope)` once in effect for each event of this class, in order per key."""
        self.handlers[event.event_type] = (event, handler)

    def on_many(self, handler: ManyHandler, *events: type[Event]) -> None:
        """Call `handler(tx, [(event, envelope), ...])` for neighbors among the events of these classes, in their order."""

        async def handle_one(tx: Transaction, event: Event, envelope: Envelope) -> None:
            await handler(tx, [(event, envelope)])

        for event in events:
            self.on(event, handle_one)
            self.many[event.event_type] = handler

    def on_erased(self, state: type[Event], handler: EraseHandler, replica: Replica | None = None) -> None:
        """Call `handler(tx, key)` when an aggregate of this state topic is erased.

        Name the `replica` when nothing but this topic feeds it: it can then be rebuilt from the topic.
        """
        if state.topic in self.erasures:
            raise ValueError(f"{state.topic} is erased by one handler, which does all of it")
        self.erasures[state.topic] = handler
        if replica is not None:
            self.replicas[state.topic] = replica

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that this service must be subscribed to, sorted."""
        return tuple(sorted({event.topic for event, _ in self.handlers.values()} | set(self.erasures)))


class Applier:
    """Applies the records of a service's topics through its subscriptions."""

    def __init__(self, db: Database, subscriptions: Subscriptions) -> None:
        self._db = db
        self._subscriptions = subscriptions
        self.progress: defaultdict[str, Progress] = defaultdict(Progress)
        """How far each topic is."""

    async def apply(self, topic: str, records: Sequence[ReceivedRecord]) -> None:
        """Apply records of one topic: together if all goes well, else one by one."""
        if all(record.envelope is not None for record in records):
            try:
                async with self._db.transaction() as tx:
                    await self.apply_within(tx, topic, [record.envelope for record in records if record.envelope])
            except Exception as error:
                if is_outage(error):
                    raise
                log.warning("batch is taken apart", topic=topic, count=len(records), error=type(error).__name__)
            else:
                self._pass_by(topic, records)
                return
        await self._apply_apart(topic, records)
        self._pass_by(topic, records)

    def _pass_by(self, topic: str, records: Sequence[ReceivedRecord]) -> None:
        for record in records:
            self.progress[topic].settle(record.partition, record.offset)
        for partition, offset in {record.partition: record.offset for record in records}.items():
            self.progress[topic].pass_by(partition, offset)

    async def apply_within(self, tx: Transaction, topic: str, envelopes: Sequence[Envelope]) -> int:
        """Apply the events that were not applied before, in a transaction of the caller's; how many those were."""
        new = await claim_events(tx, topic, [envelope.event_id for envelope in envelopes])
        once = {envelope.event_id: envelope for envelope in envelopes}
        fresh = [envelope for event_id, envelope in once.items() if event_id in new]
        handled, many = self._subscriptions.handlers, self._subscriptions.many
        # What nobody handles has no effect: it comes last, so that it does not part neighbors.
        fresh.sort(key=lambda event: event.payload is not None and event.event_type not in handled)
        for handler, neighbors in groupby(fresh, lambda event: many.get(event.event_type) if event.payload else None):
            if handler is not None:
                await self._dispatch_together(tx, handler, tuple(neighbors))
                continue
            for envelope in neighbors:
                with span(f"consume {envelope.event_type}", SpanKind.CONSUMER, envelope.trace):
                    await self.dispatch(tx, envelope)
        CONSUMED.labels(topic, "applied").inc(len(fresh))
        CONSUMED.labels(topic, "duplicate").inc(len(envelopes) - len(fresh))
        return len(fresh)

    async def _dispatch_together(self, tx: Transaction, handler: ManyHandler, envelopes: Sequence[Envelope]) -> None:
        """Call a handler of many. Each event continues its own trace: its envelope names the span that consumes it."""
        parsed: list[tuple[Event, Envelope]] = []
        with ExitStack() as spans:
            for envelope in envelopes:
                event, _ = self._subscriptions.handlers[envelope.event_type]
                spans.enter_context(span(f"consume {envelope.event_type}", SpanKind.CONSUMER, envelope.trace))
                parsed.append((event.parse(envelope.payload or b""), replace(envelope, trace=current_trace())))
            await handler(tx, parsed)

    async def dispatch(self, tx: Transaction, envelope: Envelope) -> None:
        """Call the handler of one record, whether or not it was applied before."""
        if envelope.payload is None:
            if erase := self._subscriptions.erasures.get(envelope.topic):
                await erase(tx, envelope.key)
            return
        if subscription := self._subscriptions.handlers.get(envelope.event_type):
            event, handler = subscription
            await handler(tx, event.parse(envelope.payload), envelope)
        elif envelope.event_type not in EVENTS:
            raise UnknownEvent(envelope.event_type)

    async def _apply_apart(self, topic: str, records: Sequence[ReceivedRecord]) -> None:
        """Apply records one by one, in rounds: each round tries the first waiting record of every key."""
        trials = [_Trial(record) for record in records]
        for trial, is_resting in zip(trials, await self._are_resting(topic, records), strict=True):
            trial.is_resting = is_resting
        while trials:
            failed: set[str] = set()
            waiting: list[_Trial] = []
            for trial in trials:
                if trial.record.key in failed or not await self._settle(topic, trial):
                    failed.add(trial.record.key)
                    waiting.append(trial)
            trials = waiting
            if trials:
                RETRIES.labels(topic).inc(len(failed))
                await asyncio.sleep(RETRY_PAUSE_SECONDS * 2 ** min(max(trial.attempts for trial in trials) - 1, 4))

    async def _are_resting(self, topic: str, records: Sequence[ReceivedRecord]) -> list[bool]:
        keys = [event_key(topic, record.partition, record.offset) for record in records]
        known = await resting(self._db, keys)
        return [key in known for key in keys]

    async def _settle(self, topic: str, trial: _Trial) -> bool:
        """Apply a record or put it aside; False when it is to be tried again."""
        record, fault = trial.record, trial.record.fault
        if record.envelope is not None:
            trial.attempts += 1
            fault = await self._attempt(topic, record.envelope, trial.attempts)
            if fault is not None and _may_be_tried_again(fault, trial):
                return False
        if fault is not None:
            await self._put_aside(topic, record, fault, trial.attempts)
        self.progress[topic].settle(record.partition, record.offset)
        return True

    async def _attempt(self, topic: str, envelope: Envelope, attempt: int) -> Exception | None:
        try:
            async with self._db.transaction() as tx:
                await self.apply_within(tx, topic, [envelope])
        except (*PATIENT, ValidationError, UnknownEvent) as error:
            return error
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("record fails", topic=topic, attempt=attempt, exc_info=error)
            return error
        return None

    async def _put_aside(self, topic: str, record: ReceivedRecord, fault: Exception, attempts: int) -> None:
        event_type = record.envelope.event_type if record.envelope else None
        letter = DeadLetter(topic, record.partition, record.offset, record.key, event_type, fault, attempts)
        async with self._db.transaction() as tx:
            await store_dead_letter(tx, letter)
        CONSUMED.labels(topic, "dead_letter").inc()
        log.error(
            "dead letter",
            topic=topic,
            partition=record.partition,
            offset=record.offset,
            cause=type(fault).__name__,
            attempt=attempts,
        )


def _may_be_tried_again(fault: Exception, trial: _Trial) -> bool:
    # What rests already is tried once, so that a batch that is delivered again and again comes to its end.
    if trial.is_resting or isinstance(fault, ValidationError | UnknownEvent):
        return False
    return trial.attempts < (COLLISION_ATTEMPTS_MAX if isinstance(fault, PATIENT) else ATTEMPTS_MAX)
