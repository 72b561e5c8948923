"""Dead letters: records that were given up, kept by their place and with the cause of it, without what they hold.

What is bad about a record may be anything, so this path trusts nothing of it: whatever it says is kept as escaped text, which the
database, a log and a terminal take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from chassis.data.database import Queries, Transaction
from contracts.event import MalformedRecord

TEXT_LENGTH_MAX = 200
CAUSE_LENGTH_MAX = 500


class UnknownEvent(Exception):
    """A record of a type, or of a major version, that no contract of this release declares."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that is given up: its place, its key and type as the record has them, and why after how many attempts."""

    topic: str
    partition: int
    offset: int
    key: str
    event_type: str | None
    fault: Exception
    attempts: int


RESTING_RECORDS_SQL = "select event_key from dead_letters where event_key = any($1::text[])"


async def resting(queries: Queries, keys: Sequence[str]) -> set[str]:
    """Which of these places hold a record that was given up before."""
    return {row["event_key"] for row in await queries.fetch(RESTING_RECORDS_SQL, keys)}


# A record that fails once more is open again, unless somebody decided to do without it.
STORE_DEAD_LETTER_SQL = """
insert into dead_letters as known (event_key, topic, partition, record_offset, key, event_type, cause, attempt_count)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (event_key) do update
set cause = excluded.cause, attempt_count = known.attempt_count + excluded.attempt_count,
    last_failed_at = excluded.last_failed_at,
    resolved_at = case when known.resolution = 'discarded' then known.resolved_at end,
    resolved_by = case when known.resolution = 'discarded' then known.resolved_by end,
    resolution = case when known.resolution = 'discarded' then known.resolution end
"""


async def store_dead_letter(tx: Transaction, letter: DeadLetter) -> None:
    await tx.execute(
        STORE_DEAD_LETTER_SQL,
        event_key(letter.topic, letter.partition, letter.offset),
        letter.topic,
        letter.partition,
        letter.offset,
        letter.key[:TEXT_LENGTH_MAX],
        None if letter.event_type is None else plain_text(letter.event_type)[:TEXT_LENGTH_MAX],
        describe_fault(letter.fault),
        letter.attempts,
    )


def event_key(topic: str, partition: int, offset: int) -> str:
    """The name of a record, and of the dead letter that it may become: its place."""
    return f"{topic}/{partition}/{offset}"


def describe_fault(fault: Exception) -> str:
    """The cause of a dead letter without any value of the record: the error's type, and where in the payload."""
    if isinstance(fault, ValidationError):
        places = sorted(
            {".".join(str(part) for part in error["loc"]) + ":" + error["type"] for error in fault.errors()}
        )
        return plain_text(f"ValidationError {' '.join(places)}")[:CAUSE_LENGTH_MAX]
    if isinstance(fault, UnknownEvent | MalformedRecord):
        return plain_text(f"{type(fault).__name__} {fault}")[:TEXT_LENGTH_MAX]
    return type(fault).__name__


def plain_text(value: bytes | str) -> str:
    r"""Any value with each backslash, and whatever is no printable character, written as an escape; no two look alike.

    `b"a\x00\xff"` becomes `a\x00\xff`, in nine characters. What is UTF-8 and printable stays as it is.
    """
    if isinstance(value, str):
        value = value.encode(errors="surrogatepass")
    text = value.replace(b"\\", rb"\\").decode(errors="backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
