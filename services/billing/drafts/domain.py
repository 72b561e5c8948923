"""Drafts: what each payer would be invoiced, counted, and what of it needs a second look."""

from dataclasses import dataclass
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
    NO_PAYER = auto()


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """What an account would be invoiced, counted. `planned_count` are days until today that wait for their sheet, `unpaid_count`
    those that nobody pays, `previous_cents` is its last month's invoice, None without one."""

    line_count: int
    total_cents: Cents
    unpriced_count: int
    without_quotient_count: int
    zero_count: int
    planned_count: int
    unpaid_count: int
    previous_cents: Cents | None
    is_payer_known: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be invoiced, and nothing waits."""
        return not (self.line_count or self.unpriced_count or self.planned_count or self.unpaid_count)


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
        Anomaly.PAYER_UNKNOWN: totals.line_count > 0 and not totals.is_payer_known,
        Anomaly.NO_PAYER: totals.unpaid_count > 0,
    }
    return tuple(anomaly for anomaly, is_found in findings.items() if is_found)
