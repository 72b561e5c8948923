"""Reading a topic again while the service works on: nothing is applied twice, and nothing older replaces anything newer.

A plain replay goes through the inbox, so that only events which never took effect do so now. What the inbox may have forgotten
is left alone. A rebuild goes past the inbox, and is for replicas of state alone: each aggregate is written anew from its
newest record, in one transaction that lets the same version in again; an aggregate that was erased, or that the topic does
not hold any more, is erased.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chassis.data.database import Transaction
from chassis.data.outages import COLLISIONS, is_outage
from chassis.data.replicas import Replica
from chassis.events.applying import ReceivedRecord
from chassis.events.consumer import received_of
from chassis.events.dead_letters import describe_fault, event_key
from chassis.events.inbox import RETENTION_DAYS
from contracts.event import Envelope
from contracts.registry import topic_named
from contracts.topic import TopicKind

from ..operating import Operated, OperatorError

ATTEMPTS_MAX = 10
PAUSE_SECONDS = 0.1
MISSING_SHARE_MAX = 0.5
# A day less than the inbox remembers: its rows are as old as the effect, which comes after the event.
REMEMBERED = timedelta(days=RETENTION_DAYS - 1)

KNOWN_EVENTS_SQL = "select count(*) from inbox where event_id = any($1::uuid[])"

OPEN_LETTERS_SQL = "select count(*) from dead_letters where topic = $1 and resolved_at is null"


@dataclass(slots=True)
class Replay:
    """What a replay did, or would do: how many records it read and what became of them."""

    read: int = 0
    known: int = 0
    applied: int = 0
    left_alone: int = 0
    put_aside: int = 0


@dataclass(slots=True)
class Rebuild:
    """What a rebuild did, or would do: aggregates by what became of them, and the places of records that failed."""

    topic: str
    held: int = 0
    written: int = 0
    erased: int = 0
    missing: int = 0
    failures: list[str] = field(default_factory=list)


async def replay(parts: Operated, topic: str, *, is_trial: bool) -> Replay:
    """Apply the events of a topic that were never applied, or only count them."""
    done = Replay()
    letters = await parts.db.fetchval(OPEN_LETTERS_SQL, topic)
    is_state = topic_named(topic).kind is TopicKind.STATE
    oldest = datetime.min.replace(tzinfo=UTC) if is_state else datetime.now(UTC) - REMEMBERED
    async for batch in _records(parts, topic):
        done.read += len(batch)
        due = [item for item in batch if item.envelope is None or item.envelope.time >= oldest]
        done.left_alone += len(batch) - len(due)
        known = await parts.db.fetchval(KNOWN_EVENTS_SQL, [item.envelope.event_id for item in due if item.envelope])
        done.known += known
        done.applied += len(due) - known
        if not is_trial:
            await parts.applier.apply(topic, due)
    done.put_aside = await parts.db.fetchval(OPEN_LETTERS_SQL, topic) - letters
    return done


async def rebuild(parts: Operated, topic: str, *, is_trial: bool, erases_missing: bool = False) -> Rebuild:
    """Write a replica anew from its topic, or only count.

    Raises OperatorError when the topic feeds no replica of the service, or lacks most of what the replica holds.
    """
    replica = parts.service.subscriptions.replicas.get(topic)
    if replica is None:
        raise OperatorError(
            f"{topic} feeds no replica of {parts.service.name} that can be rebuilt: replay it without --rebuild"
        )
    held = {row["key"] for row in await parts.db.fetch(f"select {replica.key}::text as key from {replica.table}")}
    newest, _ = await _newest(_records(parts, topic))
    missing = sorted(held - newest.keys())
    tombstones = sum(map(_erases, newest.values()))
    done = Rebuild(topic, len(held), written=len(newest) - tombstones, erased=tombstones, missing=len(missing))
    if is_trial:
        return done
    if len(missing) > len(held) * MISSING_SHARE_MAX and not erases_missing:
        raise OperatorError(
            f"{topic} lacks {len(missing)} of the {len(held)} aggregates that {parts.service.name} holds, which would be erased:"
            " is this the right broker? --erase-missing goes on"
        )
    due: dict[str, ReceivedRecord | None] = {**dict.fromkeys(missing), **newest}
    while due:
        for key, item in due.items():
            await _rewrite(parts, replica, key, item, done)
        # Newer states win by their version, whoever applies them first. An erasure leaves no version: where there was one,
        # ours or a consumer's, what came meanwhile is applied once more.
        newer, erased = await _newest(_more_records(parts, topic))
        due = {key: newer[key] for key, item in due.items() if key in newer and (key in erased or _erases(item))}
    return done


async def _newest(batches: AsyncIterator[Sequence[ReceivedRecord]]) -> tuple[dict[str, ReceivedRecord], set[str]]:
    """The newest record of each key, and the keys that were erased; what cannot be read is no state of anything."""
    newest: dict[str, ReceivedRecord] = {}
    erased: set[str] = set()
    async for batch in batches:
        newest |= {item.key: item for item in batch if item.envelope is not None}
        erased |= {item.key for item in batch if item.envelope is not None and item.envelope.payload is None}
    return newest, erased


def _erases(item: ReceivedRecord | None) -> bool:
    return item is None or item.envelope is None or item.envelope.payload is None


async def _rewrite(parts: Operated, replica: Replica, key: str, item: ReceivedRecord | None, done: Rebuild) -> None:
    """Write an aggregate anew, or erase one that its topic lacks (None)."""
    fault: Exception | None = None
    for attempt in range(ATTEMPTS_MAX):
        try:
            async with parts.db.transaction() as tx:
                if item is None or item.envelope is None:
                    await parts.service.subscriptions.erasures[done.topic](tx, key)
                else:
                    # Not claimed: a consumer that is still before an erasure of this aggregate must write it once more.
                    await _let_in_again(tx, replica, item.envelope)
                    await parts.applier.dispatch(tx, item.envelope)
            return
        except COLLISIONS as collision:
            fault = collision
            await asyncio.sleep(PAUSE_SECONDS * attempt)
        except Exception as error:  # whatever a handler says is told at the end; the others go on
            if is_outage(error):
                raise
            fault = error
            break
    place = event_key(done.topic, item.partition, item.offset) if item else key
    done.failures.append(f"{place}: {describe_fault(fault or LookupError())}")


async def _let_in_again(tx: Transaction, replica: Replica, envelope: Envelope) -> None:
    """Make the version that the replica holds acceptable once more, unless it is newer than this one."""
    statement = f"update {replica.table} set version = 0 where {replica.key} = $1::uuid and version <= $2"
    await tx.execute(statement, envelope.key, envelope.sequence)


async def _records(parts: Operated, topic: str) -> AsyncIterator[Sequence[ReceivedRecord]]:
    await parts.reader.rewind(topic)
    async for batch in _more_records(parts, topic):
        yield batch


async def _more_records(parts: Operated, topic: str) -> AsyncIterator[Sequence[ReceivedRecord]]:
    async for batch in parts.reader.to_the_end():
        yield [received_of(topic, record) for record in batch]
