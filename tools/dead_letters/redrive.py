"""Driving dead letters again: the record is read at its place and applied by the service's own handlers.

Its effect, its claim in the inbox and the end of its dead letter are one transaction, under a lock on the dead letter: two
people who run this at once, or a crash in the middle, apply nothing twice.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chassis.data.outages import COLLISIONS, is_outage
from chassis.events.dead_letters import TEXT_LENGTH_MAX, describe_fault, plain_text
from contracts.event import Envelope, MalformedRecord, read_record

from ..operating import Operated
from ..records import Gone, Record
from . import letters
from .letters import DeadLetter

ATTEMPTS_MAX = 5
PAUSE_SECONDS = 0.2


class Outcome(StrEnum):
    """What became of a dead letter."""

    APPLIED = "applied"
    ALREADY_APPLIED = "already applied"
    ALREADY_RESOLVED = "already resolved"
    FAILED = "failed again"
    GONE = "gone"
    BEHIND = "not tried"

    @property
    def is_success(self) -> bool:
        """Whether nothing is left to do."""
        return self in (Outcome.APPLIED, Outcome.ALREADY_APPLIED, Outcome.ALREADY_RESOLVED)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one dead letter, with the cause or what to do."""

    letter: DeadLetter
    outcome: Outcome
    detail: str = ""


async def redrive(operated: Operated, chosen: Sequence[DeadLetter], by: str) -> AsyncIterator[Result]:
    """Drive dead letters again in the order of their places; what follows a failure with the same key is not tried."""
    failed: dict[tuple[str, str], str] = {}
    for letter in sorted(chosen, key=lambda letter: (letter.topic, letter.partition, letter.record_offset)):
        first = failed.get((letter.topic, letter.key))
        if first is not None:
            yield Result(
                letter, Outcome.BEHIND, f"{first} comes before it with the same key: mend or discard that first"
            )
            continue
        result = await _redrive_one(operated, letter, by)
        if result.outcome is Outcome.FAILED:
            failed[letter.topic, letter.key] = letter.event_key
        yield result


async def _redrive_one(operated: Operated, letter: DeadLetter, by: str) -> Result:
    try:
        record = await operated.reader.read(letter.topic, letter.partition, letter.record_offset)
        _check_identity(letter, record)
        envelope = read_record(letter.topic, record.key, record.value, record.headers)
    except Gone as gone:
        return Result(
            letter, Outcome.GONE, f"{gone}; discard it with a reason once its effect is seen to be not needed"
        )
    except MalformedRecord as fault:
        await letters.fail_again(operated.db, letter.event_key, describe_fault(fault))
        return Result(letter, Outcome.FAILED, describe_fault(fault))
    return await _apply(operated, letter, envelope, by)


async def _apply(operated: Operated, letter: DeadLetter, envelope: Envelope, by: str) -> Result:
    fault: Exception | None = None
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            async with operated.db.transaction() as tx:
                now = await letters.lock(tx, letter.event_key)
                if now.resolution:
                    return Result(now, Outcome.ALREADY_RESOLVED, f"{now.resolution} by {now.resolved_by}")
                is_new = await operated.applier.apply_within(tx, letter.topic, [envelope])
                outcome = Outcome.APPLIED if is_new else Outcome.ALREADY_APPLIED
                await letters.resolve(tx, letter.event_key, outcome.name.lower(), by)
            return Result(letter, outcome)
        except COLLISIONS as collision:  # the service, or a colleague, holds what it needs
            fault = collision
            await asyncio.sleep(PAUSE_SECONDS * attempt)
        except Exception as error:  # whatever a handler says is the cause, told without a value
            if is_outage(error):
                raise
            fault = error
            break
    assert fault is not None
    await letters.fail_again(operated.db, letter.event_key, describe_fault(fault))
    return Result(letter, Outcome.FAILED, describe_fault(fault))


def _check_identity(letter: DeadLetter, record: Record) -> None:
    """Refuse another record at the same place: a topic that was made anew counts from 0 again."""
    if plain_text(record.key or b"")[:TEXT_LENGTH_MAX] != letter.key:
        raise Gone("another record stands at its place: the topic was made anew")
