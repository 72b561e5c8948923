"""The outbox: events are stored with the change that caused them, and the relay alone publishes them.

Order: a transaction takes the row of each (topic, key) before its outbox rows get their ids, so for one key the order of
ids is the order of commits, and `sequence` counts without a gap. A relay owns the shards of keys whose advisory lock
it holds, publishes a shard's rows in id order and removes them once the broker acknowledged: at least once, in order per key.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from chassis.data.idempotency import AnswerRaced, KeptAnswer
from chassis.data.queries import Queries
from chassis.identifiers import new_id
from chassis.telemetry import current_trace
from contracts.event import Event

SHARD_COUNT = 8
EVENT_BYTES_MAX = 900_000
"""What a topic takes is 1 MiB with headers; a row that the broker refuses for ever would hold up its whole shard."""


class EventTooLarge(Exception):
    """An event that no topic takes: its change must not be committed."""


@dataclass(frozen=True, slots=True)
class Emission:
    """An event on its way into the outbox; `payload` is None for a tombstone, `trace` leads back to who caused it."""

    event_id: UUID
    event_type: str
    schema_version: str
    topic: str
    key: str
    payload: bytes | None
    trace: Mapping[str, str]

    @classmethod
    def of(cls, event: Event, trace: Mapping[str, str]) -> "Emission":
        """The emission of an event, with a new event id."""
        return cls(new_id(), event.event_type, event.schema_version, event.topic, event.key, event.payload(), trace)

    @classmethod
    def tombstone(cls, state: type[Event], key: str) -> "Emission":
        """The emission that erases the aggregate `key` from a state topic."""
        return cls(new_id(), state.event_type, state.schema_version, state.topic, key, None, current_trace())


def shard_of(key: str) -> int:
    """The shard whose relay publishes this key."""
    return zlib.crc32(key.encode()) % SHARD_COUNT


# One statement for all that a commit leaves behind: whoever holds contended rows holds them one round trip less.
STORE_SQL = """
with emitted as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::smallint[],
                         $8::text[])
        with ordinality as e(event_id, event_type, schema_version, topic, key, payload, shard, trace, position)
), numbered as (
    insert into outbox_keys as k (topic, key, sequence)
    select topic, key, count(*) from emitted group by topic, key order by topic, key
    on conflict (topic, key) do update set sequence = k.sequence + excluded.sequence
    returning topic, key, sequence as last
), stored as (
    insert into outbox (shard, event_id, event_type, schema_version, topic, key, sequence, payload, trace)
    select e.shard, e.event_id, e.event_type, e.schema_version, e.topic, e.key,
           n.last - count(*) over of_key + row_number() over (of_key order by e.position),
           e.payload, e.trace::jsonb
    from emitted e join numbered n using (topic, key)
    window of_key as (partition by e.topic, e.key)
    order by e.position
), kept as (
    insert into idempotency_keys (actor, key, fingerprint, response)
    select actor, key, fingerprint, response::jsonb
    from unnest($9::text[], $10::text[], $11::bytea[], $12::text[]) as a(actor, key, fingerprint, response)
    order by actor, key
    on conflict (actor, key) do nothing
    returning true
)
select count(*) from kept
"""


async def store(tx: Queries, emissions: Sequence[Emission], answers: Sequence[KeptAnswer] = ()) -> None:
    """Write events to the outbox, numbered per topic and key in the order given, and claim keys with their answers.

    Raises:
        EventTooLarge: a payload is longer than `EVENT_BYTES_MAX`.
        AnswerRaced: a key was taken since somebody looked.
    """
    for emission in emissions:
        if len(emission.payload or b"") > EVENT_BYTES_MAX:
            raise EventTooLarge(emission.event_type)
    kept = await tx.fetchval(
        STORE_SQL,
        [e.event_id for e in emissions],
        [e.event_type for e in emissions],
        [e.schema_version for e in emissions],
        [e.topic for e in emissions],
        [e.key for e in emissions],
        [e.payload for e in emissions],
        [shard_of(e.key) for e in emissions],
        [msgspec.json.encode(e.trace).decode() for e in emissions],
        [answer.claim.actor for answer in answers],
        [answer.claim.key for answer in answers],
        [answer.claim.fingerprint for answer in answers],
        [answer.response for answer in answers],
    )
    if kept != len(answers):
        raise AnswerRaced
