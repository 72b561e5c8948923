"""Each invariant finds what breaks it: a row, a record or an answer is falsified and the finding is seen to appear."""

import json
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from contracts.booking.events import BookingConfirmed
from tools.chaos import answers, delivery, money, replicas
from tools.chaos.evidence import Evidence, Poisoned, settle
from tools.chaos.invariants import INVARIANTS, violations
from tools.chaos.journal import Entry, Kind, Outcome
from tools.chaos.keeping import keep
from tools.chaos.load import SURNAME
from tools.chaos.scene import Scene
from tools.chaos.town import NotInTime

pytestmark = pytest.mark.anyio

# Rows that are falsified in a transaction that is rolled back; triggers that would prevent it are off in it.
ROWS = [
    (money.no_oversell, "booking", "update pools set taken = taken - 1 where taken > 0"),
    (answers.accepted_exists, "booking", "delete from bookings where status = 'confirmed'"),
    (answers.accepted_exists, "family", "update households set household_id = gen_random_uuid()"),
    (money.one_live_charge, "billing", "update charges set status = 'due' where status in ('planned', 'void')"),
    (money.ledger_balances, "billing", "update ledger_postings set amount_cents = amount_cents + 1 where position = 0"),
    (money.ledger_balances, "billing", "update invoices set total_cents = total_cents + 1"),
    (delivery.published_and_applied_once, "booking", "update outbox_keys set sequence = sequence + 1"),
    (delivery.published_and_applied_once, "billing", "delete from inbox where topic = 'booking.bookings'"),
    (
        delivery.effects_once,
        "witness",
        "insert into effects (event_id, topic, key, sequence) select event_id, topic, key, sequence from effects limit 1",
    ),
    (delivery.told_once, "notifications", "delete from notices"),
    (delivery.told_once, "notifications", "update messages set message_id = gen_random_uuid() where status = 'sent'"),
    (delivery.in_order, "witness", "update effects set sequence = 3 - sequence where sequence in (1, 2)"),
    (money.payments_agree, "billing", "update payments set amount_cents = amount_cents + 1 where status = 'paid'"),
    (money.payments_agree, "billing", "delete from payments where status = 'paid'"),
    (replicas.replicas_are_folds, "notifications", "update household_adults set email = null"),
    (replicas.replicas_are_folds, "booking", "delete from households"),
    (replicas.prices_are_folds, "billing", "update charges set unit_cents = unit_cents + 1 where correction = 0"),
    (answers.one_effect_per_key, "booking", "update bookings set basket_id = gen_random_uuid()"),
    (delivery.events_are_changes, "booking", "update bookings set status = 'cancelled' where status = 'confirmed'"),
    (
        delivery.poison_rests,
        "billing",
        "insert into dead_letters values ('t/0/1', 't', 0, 1, 'key', null, 'LookupError', 4)",
    ),
    (
        answers.acknowledged_is_durable,
        "family",
        "update quotients set value_cents = value_cents + 1 where replaced_at is null",
    ),
    (answers.acknowledged_is_durable, "booking", "delete from bookings where status = 'cancelled'"),
    (money.numbers_are_continuous, "billing", "update numbers set last_number = last_number + 1"),
    (delivery.accounts_stand_for_people, "identity", "delete from account_persons"),
    (
        answers.nobody_is_named,
        "billing",
        f"insert into dead_letters values ('t/0/1', 't', 0, 1, 'poison-', null, '{SURNAME}', 4)",
    ),
]


def falsify(evidence: Evidence, what: str) -> Evidence:
    """The evidence with a lie in it."""
    facts = [record for record in evidence.events if record.header("ce_type") == BookingConfirmed.event_type]
    journal = evidence.journal
    if what == "records in another order":
        return replace(evidence, records=facts[::-1])
    if what == "a record that was lost":
        lost = facts[0].header("ce_id")
        return replace(evidence, records=[record for record in evidence.records if record.header("ce_id") != lost])
    if what == "a name in a log":
        return replace(evidence, texts={"family.log": f"Bonjour {SURNAME} !"})
    if what == "poison that nobody put aside":
        return replace(evidence, poison=[Poisoned("bad JSON", "t", 0, 1, ("billing",))])
    if what == "a payment that the provider took":
        return replace(evidence, operations=[{"id_op": "lost", "montant": "100", "result": "P"}])
    basket = next(journal.accepted(Kind.BASKET))
    changed = replace(basket, answers=[*basket.answers, {"basket_id": "another"}])
    unknown = Entry(Kind.BASKET, "booking", "key", outcome=Outcome.UNKNOWN)
    lies = {"two answers to one key": changed, "an answer that never came": unknown}
    altered = type(journal)()
    altered.entries = [*journal.entries, lies[what]]
    return replace(evidence, journal=altered)


LIES = [
    (delivery.in_order, "records in another order"),
    (delivery.published_and_applied_once, "a record that was lost"),
    (delivery.events_are_changes, "a record that was lost"),
    (answers.nobody_is_named, "a name in a log"),
    (delivery.poison_rests, "poison that nobody put aside"),
    (money.payments_agree, "a payment that the provider took"),
    (answers.one_effect_per_key, "two answers to one key"),
    (answers.accepted_exists, "an answer that never came"),
]


async def test_a_quiet_portal_breaks_nothing(evidence: Evidence) -> None:
    assert await violations(evidence) == []


async def test_falsified_rows_are_found(evidence: Evidence) -> None:
    blind = []
    for find, service, sql in ROWS:
        connection = evidence.databases[service]
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("set local session_replication_role = replica")
            changed = await connection.execute(sql)
            if changed.endswith(" 0") or not await find(evidence):
                blind.append((find.__name__, changed, sql))
        except asyncpg.PostgresError as error:
            blind.append((find.__name__, str(error), sql))
        finally:
            await transaction.rollback()
    assert blind == []


async def test_falsified_records_and_answers_are_found(evidence: Evidence) -> None:
    assert [what for find, what in LIES if not await find(falsify(evidence, what))] == []


def test_every_invariant_has_a_control() -> None:
    controlled = {find for find, *_ in [*ROWS, *LIES]}
    assert {invariant.find for invariant in INVARIANTS} <= controlled


async def test_a_violation_leaves_rows_records_requests_and_logs(
    scene: Scene, evidence: Evidence, tmp_path: Path
) -> None:
    await keep(tmp_path, scene.town, evidence.journal, ["I1 a day is oversold"])
    assert (tmp_path / "violations.txt").read_text() == "I1 a day is oversold\n"
    assert (tmp_path / "unread.txt").read_text() == ""
    accepted = {entry.answer["basket_id"] for entry in evidence.journal.accepted(Kind.BASKET)}
    rows = [json.loads(line) for line in (tmp_path / "rows/booking/bookings.jsonl").read_text().splitlines()]
    assert {row["basket_id"] for row in rows} == accepted
    records = (tmp_path / "records" / f"{BookingConfirmed.topic}.jsonl").read_text()
    assert BookingConfirmed.event_type in records
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == len(evidence.journal.entries)
    assert (tmp_path / "logs" / "booking.log").stat().st_size > 0


async def test_what_cannot_be_read_any_more_is_said(scene: Scene, evidence: Evidence, tmp_path: Path) -> None:
    gone = replace(scene.town, addresses={**scene.town.addresses, "billing": "postgresql://nobody@127.0.0.1:1/none"})
    await keep(tmp_path, gone, evidence.journal, ["I16 not quiet"])
    (line,) = (tmp_path / "unread.txt").read_text().splitlines()
    assert line.startswith("rows of billing: ")
    assert (tmp_path / "rows/booking/bookings.jsonl").exists()


async def test_a_portal_that_does_not_get_quiet_is_found(scene: Scene) -> None:
    scene.town.kill("family-2")
    try:
        with pytest.raises(NotInTime, match="family-2"):
            await settle(scene.town, 1)
    finally:
        await scene.town.start("family-2")
