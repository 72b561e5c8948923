"""Invariants of what travels between services: I5, I6, I11, I12, and I18, which files and accounts make together."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from uuid import UUID

from contracts.types import SERVICES

from ..invariants.delivery import Published, emitted_by, unapplied, unpublished
from ..invariants.nightly import violations
from .broker import Record
from .evidence import CONSUMED, POISON, Evidence

EFFECTS_SQL = "select event_id, count(*) as count from effects where key not like $1 || '%' group by event_id"


async def published_and_applied_once(evidence: Evidence) -> list[str]:
    """I5: every event is published at least once, and applied exactly once by each of its consumers."""
    published = [_published(record) for record in evidence.events]
    emitted: dict[tuple[str, str], int] = {}
    for service in SERVICES:
        emitted |= await emitted_by(evidence.databases[service])
    faults = unpublished(published, emitted, is_whole=True)
    for service, topics in CONSUMED.items():
        mine = [item for item in published if item.topic in topics]
        faults += await unapplied(evidence.databases[service], service, mine)
    return faults + await effects_once(evidence)


async def effects_once(evidence: Evidence) -> list[str]:
    """What the witness saw of each event that was published: exactly one effect."""
    rows = await evidence.databases["witness"].fetch(EFFECTS_SQL, POISON)
    effects = {row["event_id"]: row["count"] for row in rows}
    events = {UUID(record.header("ce_id")): record.topic for record in evidence.events}
    return [
        f"{topic}: the witness saw {effects.get(event_id, 0)} effects of {event_id}"
        for event_id, topic in events.items()
        if effects.get(event_id) != 1
    ]


MESSAGES_SQL = "select message_id::text as id, event_id, status from messages"

NOTICES_SQL = "select event_id, template from notices"


async def told_once(evidence: Evidence) -> list[str]:
    """I5: every piece of news is one message to each of its readers, and every message one mail (or the same again)."""
    notifications = evidence.databases["notifications"]
    kinds = {"booking.basket_confirmed.v1", "billing.invoice_issued.v1", "billing.payment_received.v1"}
    news = {UUID(record.header("ce_id")) for record in evidence.events if record.header("ce_type") in kinds}
    notices = {row["event_id"] for row in await notifications.fetch(NOTICES_SQL)}
    messages = await notifications.fetch(MESSAGES_SQL)
    readers = Counter(row["event_id"] for row in messages)
    mailed = {str(mail["headers"].get("Message-ID", "")).strip("<>").partition("@")[0] for mail in evidence.mails}
    sent = {row["id"] for row in messages if row["status"] == "sent"}
    return (
        [f"nobody is told of {event_id}" for event_id in news - notices]
        + [f"{event_id} is told {readers[event_id]} times" for event_id in news & notices if readers[event_id] != 1]
        + [f"message {message_id} was sent and is in no mailbox" for message_id in sent - mailed]
        + [f"mail {message_id} was never sent by a message" for message_id in mailed - sent]
        + [
            f"message {row['id']} ended as {row['status']}"
            for row in messages
            if row["status"] not in ("sent", "expired")
        ]
    )


EFFECTS_IN_ORDER_SQL = "select topic, key, sequence from effects where key not like $1 || '%' order by id"


async def in_order(evidence: Evidence) -> list[str]:
    """I6: of each key, events are published and applied in the order of their sequence, without a gap."""
    rows = await evidence.databases["witness"].fetch(EFFECTS_IN_ORDER_SQL, POISON)
    seen = {
        "published": [(record.topic, _key(record), int(record.header("ce_sequence"))) for record in evidence.events],
        "applied": [(row["topic"], row["key"], row["sequence"]) for row in rows],
    }
    faults = []
    for what, places in seen.items():
        last: Counter[tuple[str, str]] = Counter()
        for topic, key, sequence in dict.fromkeys(places):  # what comes again does not count
            if sequence != last[topic, key] + 1:
                faults.append(f"{topic} {key}: {what} {sequence} after {last[topic, key]}")
            last[topic, key] = sequence
    return faults


CHANGES_SQL: Mapping[str, tuple[str, str, str]] = {
    "family.household_created.v1": ("family", "household_id", "select household_id::text from households"),
    "identity.account_created.v1": ("identity", "account_id", "select account_id::text from accounts"),
    "booking.enrollment_requested.v1": ("booking", "enrollment_id", "select id::text from enrollments"),
    "booking.enrollment_validated.v1": (
        "booking",
        "enrollment_id",
        "select id::text from enrollments where status = 'validated'",
    ),
    "booking.booking_confirmed.v1": ("booking", "booking_id", "select id::text from bookings"),
    "booking.booking_cancelled.v1": (
        "booking",
        "booking_id",
        "select id::text from bookings where status = 'cancelled'",
    ),
    "booking.attendance_recorded.v1": (
        "booking",
        "attendance_id",
        "select attendance_id::text from attendance_records",
    ),
    # Lines are decided anew and replaced; what they are of stays.
    "billing.charge_recorded.v1": ("billing", "booking_id attendance_id", "select source_id::text from service_days"),
    "billing.invoice_issued.v1": ("billing", "invoice_id", "select invoice_id::text from invoices"),
    "billing.payment_received.v1": (
        "billing",
        "payment_id",
        "select payment_id::text from payments where status = 'paid'",
    ),
    "notifications.message_sent.v1": (
        "notifications",
        "message_id",
        "select message_id::text from messages where status = 'sent'",
    ),
}


async def events_are_changes(evidence: Evidence) -> list[str]:
    """I11: there is no event without its change of state, and no change of state without its event."""
    events: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record in evidence.events:
        kind = record.header("ce_type")
        if record.value and kind in CHANGES_SQL:
            fields = json.loads(record.value)
            subject = next(fields[name] for name in CHANGES_SQL[kind][1].split() if fields[name])
            events[kind][subject].add(record.header("ce_id"))
    faults = [fault for service in SERVICES for fault in await violations(evidence.databases[service], service, "I11")]
    for kind, (service, _, sql) in CHANGES_SQL.items():
        changed = {row[0] for row in await evidence.databases[service].fetch(sql)}
        faults += [f"{kind} of {subject} without its change" for subject in events[kind].keys() - changed]
        faults += [f"a change of {subject} without {kind}" for subject in changed - events[kind].keys()]
        if kind != "billing.charge_recorded.v1":  # a day is recorded again whenever its price or payer changes
            faults += [
                f"{kind} of {subject} was said {len(ids)} times"
                for subject, ids in events[kind].items()
                if len(ids) > 1
            ]
    return faults


REST_SQL = "select event_key, key, cause from dead_letters"


async def poison_rests(evidence: Evidence) -> list[str]:
    """I12: poison rests as a dead letter with its cause, in each service that cannot apply it, and nothing else does."""
    faults = []
    for service, connection in evidence.databases.items():
        letters = await connection.fetch(REST_SQL)
        resting = {row["event_key"] for row in letters if row["cause"]}
        faults += [
            f"{service} has no dead letter of {poison.kind} at {poison.place}"
            for poison in evidence.poison
            if service in poison.services and poison.place not in resting
        ]
        faults += [
            f"{service} gave up {row['event_key']}: {row['cause']}"
            for row in letters
            if not row["key"].startswith(POISON)
        ]
    return faults


def _published(record: Record) -> Published:
    event_id, place = UUID(record.header("ce_id")), f"{record.topic}/{record.partition}/{record.offset}"
    return Published(record.topic, _key(record), int(record.header("ce_sequence")), event_id, place)


def _key(record: Record) -> str:
    return (record.key or b"").decode()


async def accounts_stand_for_people(evidence: Evidence) -> list[str]:
    """I18: every adult who is invited has one account, and every open account of a family somebody whom it stands for."""
    return await violations(evidence.databases["identity"], "identity", "I18")
