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
    SHARE_WITHOUT_PAYER = auto()


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """What an account would be invoiced, counted. Of what waits, `planned_count` are days until today without their sheet,
    `unpaid_count` those that nobody pays, `unshared_count` parts of days whose payer pays no more, `unnamed_count` lines of a payer
    whose name is not known, or not any more. `previous_cents` is its last month's invoice, None without one."""

    line_count: int
    total_cents: Cents
    unpriced_count: int
    without_quotient_count: int
    zero_count: int
    planned_count: int
    unpaid_count: int
    unshared_count: int
    unnamed_count: int
    previous_cents: Cents | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be invoiced, and nothing waits."""
        waiting = (
            self.unpriced_count + self.planned_count + self.unpaid_count + self.unshared_count + self.unnamed_count
        )
        return not self.line_count + waiting


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
        Anomaly.PAYER_UNKNOWN: totals.unnamed_count > 0,
        Anomaly.NO_PAYER: totals.unpaid_count > 0,
        Anomaly.SHARE_WITHOUT_PAYER: totals.unshared_count > 0,
    }
    return tuple(anomaly for anomaly, is_found in findings.items() if is_found)
