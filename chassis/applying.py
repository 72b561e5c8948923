"""Applying records: one transaction a batch, exactly once in effect, in order per key.

A batch that fails is taken apart and applied record by record. A record that cannot be read, or that fails after capped
and delayed retries, is put aside as a dead letter - by reference and with its cause, never with its content - and blocks
nothing behind it. When the database itself is out of reach nothing is put aside: the caller asks for the batch again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
import structlog
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from contracts.event import Envelope, Event, MalformedRecord
from contracts.registry import EVENTS

from .database import COLLISIONS, Database, Transaction
from .inbox import claim_events
from .telemetry import CONSUMED, RETRIES, span

ATTEMPTS_MAX = 4
COLLISION_ATTEMPTS_MAX = 20
RETRY_PAUSE_SECONDS = 0.2

OUTAGES = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)

EventT = TypeVar("EventT", bound=Event)
Handler = Callable[[Transaction, Any, Envelope], Awaitable[None]]
EraseHandler = Callable[[Transaction, str], Awaitable[None]]

log = structlog.get_logger()


class UnknownEvent(Exception):
    """A record of a type, or of a major version, that no contract of this release declares."""


@dataclass(frozen=True, slots=True)
class Received:
    """A record as it came: where it stands in its topic, and its envelope unless it is malformed (`fault`)."""

    partition: int
    offset: int
    key: str
    envelope: Envelope | None
    fault: Exception | None = None


@dataclass(slots=True)
class Subscriptions:
    """What a service listens to: a handler for each event class, and for each state that may be erased."""

    handlers: dict[str, tuple[type[Event], Handler]] = field(default_factory=dict)
    erasures: dict[str, EraseHandler] = field(default_factory=dict)

    def on(self, event: type[EventT], handler: Callable[[Transaction, EventT, Envelope], Awaitable[None]]) -> None:
        """Call `handler(tx, event, envelope)` once in effect for each event of this class, in order per key."""
        self.handlers[event.event_type] = (event, handler)

    def on_erased(self, state: type[Event], handler: EraseHandler) -> None:
        """Call `handler(tx, key)` when an aggregate of this state topic is erased."""
        self.erasures[state.topic] = handler

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that this service must be subscribed to, sorted."""
        return tuple(sorted({event.topic for event, _ in self.handlers.values()} | set(self.erasures)))


STORE_DEAD_LETTER_SQL = """
insert into dead_letters (event_key, topic, partition, record_offset, key, event_type, cause, attempt_count)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (event_key) do nothing
"""


class Applier:
    """Applies the records of a service's topics through its subscriptions."""

    def __init__(self, db: Database, subscriptions: Subscriptions) -> None:
        self._db = db
        self._subscriptions = subscriptions

    async def apply(self, topic: str, received: Sequence[Received]) -> None:
        """Apply records of one topic: together if all goes well, else one by one."""
        if all(item.envelope is not None for item in received):
            try:
                async with self._db.transaction() as tx:
                    await self._apply_all(tx, topic, [item.envelope for item in received if item.envelope])
                return
            except OUTAGES:
                raise
            except Exception as error:
                log.warning("batch is taken apart", topic=topic, count=len(received), error=type(error).__name__)
        for item in received:
            await self._apply_alone(topic, item)

    async def _apply_all(self, tx: Transaction, topic: str, envelopes: Sequence[Envelope]) -> None:
        new = await claim_events(tx, topic, [envelope.event_id for envelope in envelopes])
        for envelope in envelopes:
            if envelope.event_id in new:
                new.remove(envelope.event_id)
                with span(f"consume {envelope.event_type}", SpanKind.CONSUMER, envelope.trace):
                    await self._dispatch(tx, envelope)
                CONSUMED.labels(topic, "applied").inc()
            else:
                CONSUMED.labels(topic, "duplicate").inc()

    async def _dispatch(self, tx: Transaction, envelope: Envelope) -> None:
        if envelope.payload is None:
            if erase := self._subscriptions.erasures.get(envelope.topic):
                await erase(tx, envelope.key)
            return
        if subscription := self._subscriptions.handlers.get(envelope.event_type):
            event, handler = subscription
            await handler(tx, event.parse(envelope.payload), envelope)
        elif envelope.event_type not in EVENTS:
            raise UnknownEvent(envelope.event_type)

    async def _apply_alone(self, topic: str, item: Received) -> None:
        fault = item.fault
        attempts = 0
        while fault is None and item.envelope is not None:
            attempts += 1
            try:
                async with self._db.transaction() as tx:
                    await self._apply_all(tx, topic, [item.envelope])
                return
            except OUTAGES:
                raise
            except COLLISIONS as error:
                fault = error if attempts >= COLLISION_ATTEMPTS_MAX else None
            except (ValidationError, UnknownEvent) as error:
                fault = error
            except Exception as error:
                log.warning("record fails", topic=topic, attempt=attempts, exc_info=error)
                fault = error if attempts >= ATTEMPTS_MAX else None
            if fault is None:
                RETRIES.labels(topic).inc()
                await asyncio.sleep(RETRY_PAUSE_SECONDS * 2 ** min(attempts - 1, 4))
        await self._put_aside(topic, item, fault or MalformedRecord(), attempts)

    async def _put_aside(self, topic: str, item: Received, fault: Exception, attempts: int) -> None:
        envelope = item.envelope
        async with self._db.transaction() as tx:
            await tx.execute(
                STORE_DEAD_LETTER_SQL,
                f"{topic}/{item.partition}/{item.offset}",
                topic,
                item.partition,
                item.offset,
                item.key[:200],
                envelope.event_type[:200] if envelope else None,
                describe_fault(fault),
                attempts,
            )
        CONSUMED.labels(topic, "dead_letter").inc()
        log.error(
            "dead letter",
            topic=topic,
            partition=item.partition,
            offset=item.offset,
            cause=type(fault).__name__,
            attempt=attempts,
        )


def describe_fault(fault: Exception) -> str:
    """The cause of a dead letter without any value of the record: the error's type, and where in the payload."""
    if isinstance(fault, ValidationError):
        places = sorted(
            {".".join(str(part) for part in error["loc"]) + ":" + error["type"] for error in fault.errors()}
        )
        return f"ValidationError {' '.join(places)}"[:500]
    if isinstance(fault, UnknownEvent | MalformedRecord):
        return f"{type(fault).__name__} {fault}"[:200]
    return type(fault).__name__
