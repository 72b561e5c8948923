"""Invoice runs: their months, and how far a draft may still be taken back."""

from datetime import date
from typing import Final

from contracts.types import InvoiceRunStatus

REDRAFTABLE: Final = frozenset({InvoiceRunStatus.DRAFTING, InvoiceRunStatus.DRAFT, InvoiceRunStatus.REVIEWED})
DISCARDABLE: Final = REDRAFTABLE | {InvoiceRunStatus.DISCARDING}


def month_of(period: str) -> date:
    """The first day of a month written `YYYY-MM`."""
    return date.fromisoformat(f"{period}-01")


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def previous_month(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
