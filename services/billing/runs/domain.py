"""Invoice runs: which month may be invoiced, what of a draft needs a second look, and what becomes of each item."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from contracts.types import Cents

JUMP_FACTOR = 2


class Anomaly(StrEnum):
    """What an agent should look at before the issue."""

    CHARGE_WITHOUT_TARIFF = auto()
    CHARGE_WITHOUT_QUOTIENT = auto()
    ZERO_AMOUNT = auto()
    TOTAL_ABOVE_TWICE_LAST_MONTH = auto()
    DAY_WITHOUT_ATTENDANCE = auto()
    CREDIT_CARRIED_OVER = auto()
    PAYER_UNKNOWN = auto()


class ItemOutcome(StrEnum):
    """What the issue makes of an item: an invoice, nothing because it sums to zero, or a credit kept for later."""

    INVOICE = auto()
    NOTHING_OWED = auto()
    CARRIED_OVER = auto()


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """What a household would be invoiced, counted. `previous_cents` is its last month's invoice, None without one."""

    total_cents: Cents
    unpriced_count: int
    without_quotient_count: int
    zero_count: int
    planned_count: int
    previous_cents: Cents | None
    is_payer_known: bool


def anomalies_of(totals: ItemTotals) -> tuple[Anomaly, ...]:
    """What is unusual in an item."""
    findings = {
        Anomaly.CHARGE_WITHOUT_TARIFF: totals.unpriced_count > 0,
        Anomaly.CHARGE_WITHOUT_QUOTIENT: totals.without_quotient_count > 0,
        Anomaly.ZERO_AMOUNT: totals.zero_count > 0,
        Anomaly.TOTAL_ABOVE_TWICE_LAST_MONTH: bool(totals.previous_cents)
        and totals.total_cents > JUMP_FACTOR * (totals.previous_cents or 0),
        Anomaly.DAY_WITHOUT_ATTENDANCE: totals.planned_count > 0,
        Anomaly.CREDIT_CARRIED_OVER: totals.total_cents < 0,
        Anomaly.PAYER_UNKNOWN: not totals.is_payer_known,
    }
    return tuple(anomaly for anomaly, is_found in findings.items() if is_found)


def outcome_of(total_cents: Cents) -> ItemOutcome:
    """An invoice asks for money. A credit waits until a later invoice is large enough to take it."""
    if total_cents > 0:
        return ItemOutcome.INVOICE
    return ItemOutcome.NOTHING_OWED if total_cents == 0 else ItemOutcome.CARRIED_OVER


def month_of(period: str) -> date:
    """The first day of a month written `YYYY-MM`."""
    return date.fromisoformat(f"{period}-01")


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def previous_month(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def invoice_number(year: int, number: int) -> str:
    """The number that an invoice shows, e.g. `2026-000123`."""
    return f"{year}-{number:06d}"
