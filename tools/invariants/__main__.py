"""`python -m tools.invariants [--journal FILE] [--textfile FILE]`, with the variables that `deploy.local exec tools` gives.

They are `<SERVICE>_READER_URL` for each service, a role that only reads, KAFKA_BOOTSTRAP_SERVERS and TOPIC_PREFIX. Exit code 1 when an
invariant is violated, 2, with one line that says why, when the command cannot run.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from chassis.events.inbox import RETENTION_DAYS
from contracts.registry import TOPICS
from contracts.topic import Topic
from contracts.types import SERVICES

from ..operating import OperatorError, run, variable
from ..records import Record, RecordReader
from .comparing import Databases
from .comparisons import BOOKINGS, REPLICAS
from .delivery import Published, emitted_by, unapplied, unpublished
from .payments import disagreements, paid_here, read_journal

DAYS = 7
AGAIN_SECONDS = 30.0
SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an operator looks: databases, topics, how many days of these, and the provider's journal if it is there."""

    databases: Databases
    reader: RecordReader
    days: int
    journal: Mapping[str, int] | None


async def charges(scope: Scope) -> list[str]:
    """I3: every booking has exactly one charge, in the state of its day, and one that was given back nets to zero."""
    return await BOOKINGS.differences(scope.databases)


async def deliveries(scope: Scope) -> list[str]:
    """I5: every event is published, and applied once by each of its consumers."""
    since = datetime.now(UTC) - timedelta(days=scope.days)
    faults = []
    for topic in TOPICS:
        published = await _published(scope.reader, topic, since)
        keys = sorted({item.key for item in published})
        emitted = {
            place: last
            for place, last in (await emitted_by(scope.databases[topic.producer], keys)).items()
            if place[0] == topic.name
        }
        faults += unpublished(published, emitted, is_whole=False)
        for service in topic.consumers:
            faults += await unapplied(scope.databases[service], service, published)
    return faults


async def payments(scope: Scope) -> list[str]:
    """I8: the provider's journal says what the portal says of the payments that came in."""
    if scope.journal is None:
        return []
    return disagreements(scope.journal, await paid_here(scope.databases["billing"]))


async def replicas(scope: Scope) -> list[str]:
    """I9: every replica holds what its source does."""
    return [fault for comparison in REPLICAS for fault in await comparison.differences(scope.databases)]


CHECKS: Mapping[str, Callable[[Scope], Awaitable[list[str]]]] = {
    "I3": charges,
    "I5": deliveries,
    "I8": payments,
    "I9": replicas,
}


async def lasting(scope: Scope, again_seconds: float) -> dict[str, list[str]]:
    """What violates each invariant: what is wrong now and, if anything is, still was after a while."""
    faults = {code: await check(scope) for code, check in CHECKS.items()}
    if any(faults.values()) and again_seconds:
        await asyncio.sleep(again_seconds)
        for code, before in faults.items():
            after = set(await CHECKS[code](scope)) if before else set()
            faults[code] = [fault for fault in before if fault in after]
    return faults


async def command(arguments: Sequence[str]) -> int:
    """Look once, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.invariants", description=__doc__)
    parser.add_argument("--journal", type=Path, help="the provider's journal, a CSV file: operation,cents")
    parser.add_argument("--textfile", type=Path, help="where a metric is written for a collector of text files")
    parser.add_argument("--days", type=int, default=DAYS, help="how far back topics are read")
    parser.add_argument("--again-after", type=float, default=AGAIN_SECONDS, help="seconds until the second look")
    options = parser.parse_args(arguments)
    if not 0 < options.days < RETENTION_DAYS:
        raise OperatorError(f"--days is between 1 and {RETENTION_DAYS - 1}: inboxes forget what was applied before")
    async with AsyncExitStack() as stack:
        databases = {}
        for service in SERVICES:
            connection = await asyncpg.connect(variable(f"{service.upper()}_READER_URL"), timeout=10)
            stack.push_async_callback(connection.close)
            databases[service] = connection
        bootstrap, prefix = variable("KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("TOPIC_PREFIX", "")
        reader = await stack.enter_async_context(RecordReader(bootstrap, prefix))
        journal = _journal(options.journal) if options.journal else None
        faults = await lasting(Scope(databases, reader, options.days, journal), options.again_after)
    _say(faults, has_journal=journal is not None)
    if options.textfile:
        write_metric(options.textfile, {code: len(lines) for code, lines in faults.items()})
    return int(any(faults.values()))


def _journal(file: Path) -> dict[str, int]:
    try:
        return read_journal(file)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise OperatorError(f"{file} cannot be read as operation,cents ({type(error).__name__})") from None


def _say(faults: Mapping[str, Sequence[str]], *, has_journal: bool) -> None:
    for code, lines in faults.items():
        for fault in lines[:SHOWN_MAX]:
            print(f"{code} {fault}")
        if len(lines) > SHOWN_MAX:
            print(f"{code} ... and {len(lines) - SHOWN_MAX} more")
        if code == "I8" and not has_journal:
            print("I8 not compared: no journal of the provider was given")
        elif not lines:
            print(f"{code} holds")


def write_metric(file: Path, counts: Mapping[str, int]) -> None:
    """Write what was found as a metric of Prometheus, whole or not at all."""
    lines = ["# TYPE invariant_violations gauge"]
    lines += [f'invariant_violations{{invariant="{code}"}} {count}' for code, count in counts.items()]
    lines += [
        "# TYPE invariants_checked_timestamp_seconds gauge",
        f"invariants_checked_timestamp_seconds {time.time():.0f}",
    ]
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.write_text("\n".join(lines) + "\n")
    unfinished.replace(file)


async def _published(reader: RecordReader, topic: Topic, since: datetime) -> list[Published]:
    """The product's records of a topic; what has no id is none of them, and rests as a dead letter."""
    await reader.rewind(topic.name, since)
    published = []
    async for batch in reader.to_the_end():
        published += [item for record in batch if (item := _item(topic, record))]
    return published


def _item(topic: Topic, record: Record) -> Published | None:
    headers = dict(record.headers)
    try:
        event_id, sequence = UUID(headers["ce_id"].decode()), int(headers["ce_sequence"])
        key = (record.key or b"").decode()
    except (KeyError, ValueError):
        return None
    return Published(topic.name, key, sequence, event_id, f"{topic.name}/{record.partition}/{record.offset}")


if __name__ == "__main__":
    sys.exit(run(command(sys.argv[1:])))
