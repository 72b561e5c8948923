"""Invariants between what the portal answered and what it holds, and of what it may not say: I2, I10, I13 and I15."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from contracts.registry import topic_named
from contracts.topic import TopicKind

from .evidence import Evidence
from .journal import Kind, Outcome
from .load import CANARIES

IDS_SQL = {
    "booking": "select id::text from bookings",
    "enrollment": "select id::text from enrollments",
    "household": "select household_id::text from households",
}


async def accepted_exists(evidence: Evidence) -> list[str]:
    """I2: everything that was accepted exists, nothing that was refused does, and no answer stayed unknown."""
    journal = evidence.journal
    accepted = {
        "booking": [
            booking["booking_id"] for entry in journal.accepted(Kind.BASKET) for booking in entry.answer["bookings"]
        ],
        "enrollment": [entry.answer["enrollment_id"] for entry in journal.accepted(Kind.ENROLLMENT)],
        "household": [entry.answer["household_id"] for entry in journal.accepted(Kind.HOUSEHOLD)],
    }
    faults = [
        f"the outcome of a {entry.kind} stayed unknown after {entry.sent_count} attempts: {entry.code}"
        for entry in journal.entries
        if entry.outcome is Outcome.UNKNOWN
    ]
    for what, ids in accepted.items():
        service = "family" if what == "household" else "booking"
        there = {row[0] for row in await evidence.databases[service].fetch(IDS_SQL[what])}
        faults += [f"{what} {id_} was accepted and is lost" for id_ in set(ids) - there]
        faults += [f"{what} {id_} exists and was not accepted" for id_ in there - set(ids)]
    return faults


BASKETS_SQL = "select basket_id::text from bookings group by basket_id"


async def one_effect_per_key(evidence: Evidence) -> list[str]:
    """I10: a request that was sent several times with its key has one effect, and each of its answers is the same."""
    faults = []
    for entry in evidence.journal.entries:
        different = {json.dumps(answer, sort_keys=True) for answer in entry.answers}
        if entry.kind in (Kind.BASKET, Kind.CANCELLATION, Kind.HOUSEHOLD, Kind.ENROLLMENT) and len(different) > 1:
            faults.append(f"a {entry.kind} was answered in {len(different)} ways")
    baskets = {row[0] for row in await evidence.databases["booking"].fetch(BASKETS_SQL)}
    accepted = Counter(entry.answer["basket_id"] for entry in evidence.journal.accepted(Kind.BASKET))
    faults += [f"basket {basket} answers {count} different requests" for basket, count in accepted.items() if count > 1]
    if len(baskets) != len(accepted):
        faults.append(f"{len(accepted)} requests made {len(baskets)} baskets")
    return faults


QUOTIENTS_SQL = "select household_id::text, value_cents from quotients where replaced_at is null"

CANCELLED_SQL = "select id::text from bookings where status = 'cancelled'"

VALIDATED_SQL = "select id::text from enrollments where status = 'validated'"


async def acknowledged_is_durable(evidence: Evidence) -> list[str]:
    """I13: what was acknowledged last is what stands, whatever was killed since."""
    family, booking = evidence.databases["family"], evidence.databases["booking"]
    last = {entry.subject: entry.body["value_cents"] for entry in evidence.journal.accepted(Kind.QUOTIENT)}
    stands = {row["household_id"]: row["value_cents"] for row in await family.fetch(QUOTIENTS_SQL)}
    faults = [
        f"household {household}: quotient {stands.get(household)} stands, {value} was acknowledged"
        for household, value in last.items()
        if stands.get(household) != value
    ]
    for kind, sql in ((Kind.CANCELLATION, CANCELLED_SQL), (Kind.DECISION, VALIDATED_SQL)):
        done = {row[0] for row in await booking.fetch(sql)}
        acknowledged = {entry.subject for entry in evidence.journal.accepted(kind)}
        faults += [f"the {kind} of {subject} was acknowledged and is lost" for subject in acknowledged - done]
        faults += [f"the {kind} of {subject} was never acknowledged" for subject in done - acknowledged]
    return faults


DEAD_LETTERS_SQL = "select coalesce(string_agg(d::text, ' '), '') from dead_letters d"


async def nobody_is_named(evidence: Evidence) -> list[str]:
    """I15: no name, birth date, address or telephone stands in logs, metrics, dead letters or fact topics."""
    texts = dict(evidence.texts)
    for service, connection in evidence.databases.items():
        texts[f"dead letters of {service}"] = await connection.fetchval(DEAD_LETTERS_SQL)
    for record in evidence.events:
        if topic_named(record.topic).kind is not TopicKind.STATE:
            parts = (record.key, record.value, *(value for _, value in record.headers))
            texts[record.topic] = texts.get(record.topic, "") + _text(parts)
    return [
        f"{name} says {word!r}" for name, text in texts.items() for word in CANARIES if word.lower() in text.lower()
    ]


def _text(parts: Iterable[Any]) -> str:
    return " ".join((part or b"").decode(errors="replace") for part in parts) + "\n"
