"""The outbox: events are stored with the change that caused them, and the relay alone publishes them.

Order: a transaction takes the row of each (topic, key) before its outbox rows get their ids, so for one key the order of
ids is the order of commits, and `sequence` counts without a gap. A relay owns the shards of keys whose advisory lock
it holds, publishes a shard's rows in id order and removes them once the broker acknowledged: at least once, in order per key.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from chassis.data.history import WORKING_AS, Act, Note
from chassis.data.idempotency import AnswerRaced, KeptAnswer
from chassis.data.queries import Queries
from chassis.identifiers import new_id
from chassis.telemetry import current_trace
from contracts.event import Event
from contracts.types import Channel

SHARD_COUNT = 8
EVENT_BYTES_MAX = 900_000
"""What a topic takes is 1 MiB with headers; a row that the broker refuses for ever would hold up its whole shard."""


class EventTooLarge(Exception):
    """An event that no topic takes: its change must not be committed."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who acted, by kind and id, and which way; both None for what follows from another event."""

    actor: str | None = None
    channel: Channel | None = None

    @classmethod
    def of(cls, act: Act | None) -> "Cause":
        """The cause of what follows an act; without one, a job or another event."""
        if act is None:
            return cls(None, WORKING_AS.get())
        return cls(f"{act.actor.kind}:{act.actor.person_id}", act.actor.channel)


NO_CAUSE: Final = Cause()


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
    cause: Cause

    @classmethod
    def of(cls, event: Event, trace: Mapping[str, str], cause: Cause = NO_CAUSE) -> "Emission":
        """The emission of an event, with a new event id."""
        return cls(
            new_id(), event.event_type, event.schema_version, event.topic, event.key, event.payload(), trace, cause
        )

    @classmethod
    def tombstone(cls, state: type[Event], key: str, cause: Cause) -> "Emission":
        """The emission that erases the aggregate `key` from a state topic."""
        return cls(new_id(), state.event_type, state.schema_version, state.topic, key, None, current_trace(), cause)


def shard_of(key: str) -> int:
    """The shard whose relay publishes this key."""
    return zlib.crc32(key.encode()) % SHARD_COUNT


# One statement for all that a commit leaves behind: whoever holds contended rows holds them one round trip less.
STORE_SQL = """
with emitted as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::smallint[],
                         $8::text[], $9::text[], $10::text[])
        with ordinality as e(event_id, event_type, schema_version, topic, key, payload, shard, trace, actor, channel,
                             position)
), numbered as (
    insert into outbox_keys as k (topic, key, sequence)
    select topic, key, count(*) from emitted group by topic, key order by topic, key
    on conflict (topic, key) do update set sequence = k.sequence + excluded.sequence
    returning topic, key, sequence as last
), stored as (
    insert into outbox (shard, event_id, event_type, schema_version, topic, key, sequence, payload, trace, actor, channel)
    select e.shard, e.event_id, e.event_type, e.schema_version, e.topic, e.key,
           n.last - count(*) over of_key + row_number() over (of_key order by e.position),
           e.payload, e.trace::jsonb, e.actor, e.channel
    from emitted e join numbered n using (topic, key)
    window of_key as (partition by e.topic, e.key)
    order by e.position
), noted as (
    insert into history (id, noted_at, actor_kind, actor_id, channel, action, subject, household_id, sealed_for,
                         before, after)
    select id, now() + $25::interval, actor_kind, actor_id, channel, action, subject, household_id, sealed_for,
           before, after
    from unnest($15::uuid[], $16::text[], $17::uuid[], $18::text[], $19::text[], $20::text[], $21::uuid[], $22::text[],
                $23::bytea[], $24::bytea[])
        as h(id, actor_kind, actor_id, channel, action, subject, household_id, sealed_for, before, after)
), kept as (
    insert into idempotency_keys (actor, key, fingerprint, response)
    select actor, key, fingerprint, response::jsonb
    from unnest($11::text[], $12::text[], $13::bytea[], $14::text[]) as a(actor, key, fingerprint, response)
    order by actor, key
    on conflict (actor, key) do nothing
    returning true
)
select count(*) from kept
"""


@dataclass(frozen=True, slots=True)
class Leavings:
    """What a transaction leaves behind beside its own rows: events, answers to keys, notes of the history."""

    emissions: Sequence[Emission] = ()
    answers: Sequence[KeptAnswer] = ()
    notes: Sequence[Note] = ()


async def store(tx: Queries, left: Leavings, clock_offset: timedelta = timedelta()) -> None:
    """Write events to the outbox, numbered per topic and key in the order given, claim keys with their answers, add notes to the
    history at the town's instant.

    Raises:
        EventTooLarge: a payload is longer than `EVENT_BYTES_MAX`.
        AnswerRaced: a key was taken since somebody looked.
    """
    emissions, answers, acts = left.emissions, left.answers, [note.act for note in left.notes]
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
        [e.cause.actor for e in emissions],
        [e.cause.channel for e in emissions],
        [answer.claim.actor for answer in answers],
        [answer.claim.key for answer in answers],
        [answer.claim.fingerprint for answer in answers],
        [answer.response for answer in answers],
        [note.note_id for note in left.notes],
        [act.actor.kind for act in acts],
        [act.actor.person_id for act in acts],
        [act.actor.channel for act in acts],
        [act.action for act in acts],
        [str(act.subject) for act in acts],
        [act.household_id for act in acts],
        [act.sealed_for for act in acts],
        [note.before for note in left.notes],
        [note.after for note in left.notes],
        clock_offset,
    )
    if kept != len(answers):
        raise AnswerRaced
