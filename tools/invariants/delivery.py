"""What is published and applied (I5): each event of a topic was emitted, none is missing, and each consumer applied it once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.registry import topic_named
from contracts.topic import TopicKind

from .comparing import Connection

SHOWN_MAX: Final = 5

Emitted = Mapping[tuple[str, str], int]
"""The last sequence of each topic and key."""


@dataclass(frozen=True, slots=True)
class Published:
    """A record of the product as it stands in its topic; `place` is how a dead letter would name it."""

    topic: str
    key: str
    sequence: int
    event_id: UUID
    place: str


# What still waits in the outbox is not published yet.
EMITTED_SQL = """
select k.topic, k.key, k.sequence - (select count(*) from outbox o where (o.topic, o.key) = (k.topic, k.key)) as last
from outbox_keys k where $1::text[] is null or k.key = any($1)
"""


async def emitted_by(connection: Connection, keys: Sequence[str] | None = None) -> dict[tuple[str, str], int]:
    """What a service's relay published by its own account, of all keys or of some."""
    return {(topic, key): last for topic, key, last in await connection.fetch(EMITTED_SQL, keys) if last}


def unpublished(published: Iterable[Published], emitted: Emitted, *, is_whole: bool) -> list[str]:
    """Sequences that are in no topic, and records that nobody emitted. Topics that are not `is_whole` begin somewhere in the middle."""
    present: dict[tuple[str, str], set[int]] = defaultdict(set)
    for item in published:
        present[item.topic, item.key].add(item.sequence)
    faults = []
    for (topic, key), last in emitted.items():
        sequences = present.pop((topic, key), set())
        if not sequences and not is_whole:
            continue
        # A state topic is compacted: of each key the last state must be there, the ones before may be.
        first = last if topic_named(topic).kind is TopicKind.STATE else 1 if is_whole else min(sequences)
        if missing := set(range(first, last + 1)) - sequences:
            faults.append(f"{topic} {key}: never published {sorted(missing)[:SHOWN_MAX]} of {last}")
    return faults + [f"{topic} {key}: published and never emitted" for topic, key in present]


UNAPPLIED_SQL = """
select event_id from unnest($1::uuid[]) event_id where not exists (select from inbox i where i.event_id = event_id.event_id)
"""

RESTING_SQL = "select event_key from dead_letters where event_key = any($1::text[])"


async def unapplied(connection: Connection, service: str, published: Sequence[Published]) -> list[str]:
    """Records that a consumer applied never. One that rests as a dead letter is known to be, and no violation; the inbox takes no
    event twice."""
    by_id = {item.event_id: item for item in published}
    missing = [by_id[row["event_id"]] for row in await connection.fetch(UNAPPLIED_SQL, list(by_id))]
    resting = {row[0] for row in await connection.fetch(RESTING_SQL, [item.place for item in missing])}
    return [f"{service} never applied {item.event_id} of {item.topic}" for item in missing if item.place not in resting]
