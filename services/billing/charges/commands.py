"""Deciding days: who owes what for them, written when anything of it changed, published when what is owed did."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import groupby
from types import MappingProxyType
from uuid import UUID

from chassis.data.database import Transaction
from contracts.billing.events import ChargeRecorded
from contracts.types import ChargeStatus

from ..payers.domain import Part, Paying
from ..payers.store import ChildDay, hold_who_pays
from ..tariffs.domain import ServiceDay
from ..tariffs.store import price_days, share_tariffs
from . import store
from .domain import Changes, Charge, Facts, PricedPart, compared, decided_lines, next_correction, standing
from .store import KnownDay, Lines

Traces = Mapping[UUID, Mapping[str, str]]
"""Leads back to who caused what happens to a day, by the id of what is owed; one that is not there belongs to the present trace."""

PRESENT_TRACE: Traces = MappingProxyType({})

PayingOfDays = Mapping[UUID, Paying]
"""Who pays what part of each day, by the id of what is owed."""


async def note_days(tx: Transaction, notes: Sequence[KnownDay], traces: Traces) -> None:
    """Add facts to different days, and decide those that are owed otherwise now; what is on an invoice gets a signed line."""
    paying = await _paying(tx, notes)
    days = await store.note_facts(tx, notes)
    lines = await store.lock_lines(tx, [day.source_id for day in days if not day.is_new])
    changed = [day for day in days if _is_news(lines.get(day.source_id, []), day.facts)]
    await _decide(tx, changed, lines, paying, traces)


async def decide_days(tx: Transaction, source_ids: Sequence[UUID]) -> None:
    """Decide days again with all that is known now. Days of which anything is on an invoice, or on one that is being issued, stay."""
    paying = await _paying(tx, await store.days_of(tx, source_ids))
    days = await store.lock_days(tx, source_ids)
    lines = await store.lock_lines(tx, source_ids)
    frozen = await store.frozen(tx, (line for of_day in lines.values() for line in of_day))
    is_open = [day for day in days if not _is_frozen(lines[day.source_id], frozen)]
    await _settle(tx, is_open, lines, paying, PRESENT_TRACE)


def _is_news(lines: Sequence[Charge], facts: Facts) -> bool:
    """Whether lines that stand are not what the facts say; those of an invoice always are looked at."""
    return not lines or any(line.status is not standing(facts) for line in lines)


def _is_frozen(lines: Sequence[Charge], frozen: Set[UUID]) -> bool:
    return any(line.charge_id in frozen for line in lines)


async def _paying(tx: Transaction, days: Sequence[KnownDay]) -> PayingOfDays:
    answers = await hold_who_pays(tx, [ChildDay(day.source.child_id, day.source.day) for day in days])
    return {day.source_id: answer for day, answer in zip(days, answers, strict=True)}


async def _decide(
    tx: Transaction, days: Sequence[KnownDay], lines: Lines, paying: PayingOfDays, traces: Traces
) -> None:
    frozen = await store.frozen(tx, (line for day in days for line in lines.get(day.source_id, [])))
    invoiced = [day for day in days if _is_frozen(lines.get(day.source_id, []), frozen)]
    for day in invoiced:
        await _correct(tx, lines[day.source_id], day.facts, frozen, traces)
    await _settle(tx, [day for day in days if day not in invoiced], lines, paying, traces)


async def _settle(
    tx: Transaction, days: Sequence[KnownDay], lines: Lines, paying: PayingOfDays, traces: Traces
) -> None:
    """Decide days that are on no invoice: their lines become what all that is known now makes of them."""
    if not days:
        return
    known = {day.source_id: lines.get(day.source_id, []) for day in days}
    parts = {day.source_id: _parts(day, known[day.source_id], paying[day.source_id]) for day in days}
    prices = await _prices(tx, [day for day in days if standing(day.facts) is not ChargeStatus.VOID], parts)
    changes = []
    for day in days:
        source_id = day.source_id
        priced = prices.get(source_id) or [(part, None) for part in parts[source_id]]
        wanted = decided_lines(day.source, standing(day.facts), priced, known[source_id])
        changes.append(compared(known[source_id], wanted))
    await _carry_out(tx, Changes.of(changes), traces)


def _parts(day: KnownDay, lines: Sequence[Charge], paying: Paying) -> tuple[Part, ...]:
    """Who pays for a day; a line that nobody owes stays where it was."""
    standing_parts = tuple(line.part for line in lines)
    if standing_parts and standing(day.facts) is ChargeStatus.VOID:
        return standing_parts
    return paying.settled(standing_parts)


async def _prices(
    tx: Transaction, days: Sequence[KnownDay], parts: Mapping[UUID, tuple[Part, ...]]
) -> dict[UUID, list[PricedPart]]:
    """What these days would cost whole, for each of those who pay."""
    if not days:
        return {}
    await share_tariffs(tx)
    asked = [(day.source, part) for day in days for part in parts[day.source_id]]
    priced = await price_days(
        tx, [ServiceDay(part.household_id, source.day.activity_id, source.day.service_on) for source, part in asked]
    )
    prices: dict[UUID, list[PricedPart]] = defaultdict(list)
    for (source, part), answer in zip(asked, priced, strict=True):
        prices[source.source_id].append((part, answer.price))
    return prices


async def _correct(tx: Transaction, lines: Sequence[Charge], facts: Facts, frozen: Set[UUID], traces: Traces) -> None:
    """A signed line, for each payer, of what an invoice says and is not so; whoever was invoiced is given back."""
    of_payers = [list(group) for _, group in groupby(lines, key=lambda line: line.part.account_id)]
    corrections = [next_correction(of_payer, facts, frozen) for of_payer in of_payers]
    written = tuple(line for line in corrections if line is not None)
    await _carry_out(tx, Changes(written=written, published=written), traces)


async def _carry_out(tx: Transaction, changes: Changes, traces: Traces) -> None:
    now = await tx.now()
    if changes.gone:
        await store.remove(tx, changes.gone)
    if changes.written:
        await store.save(tx, changes.written, now)
    for charge in changes.published:
        source = charge.source
        recorded = ChargeRecorded(
            charge_id=charge.charge_id,
            booking_id=source.booking_id,
            attendance_id=source.attendance_id,
            payer_id=charge.part.payer_id,
            household_id=charge.part.household_id,
            share_basis_points=charge.part.share_basis_points,
            child_id=source.child_id,
            activity_id=source.day.activity_id,
            service_on=source.day.service_on,
            status=charge.status,
            amount_cents=charge.amount_cents,
            recorded_at=now,
        )
        tx.emit(recorded, trace=traces.get(source.source_id))
