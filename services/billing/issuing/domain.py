"""What becomes of each item of a run when it is issued, and the number that an invoice gets."""

from dataclasses import dataclass
from enum import StrEnum, auto
from uuid import UUID

from contracts.types import Cents


@dataclass(frozen=True, slots=True)
class ItemToIssue:
    """What an account, and the household for which it pays, is to be invoiced."""

    account_id: UUID
    household_id: UUID
    total_cents: Cents
    is_payer_known: bool

    @property
    def outcome(self) -> "ItemOutcome":
        """What is made of it: no invoice goes to a payer who was erased since the draft."""
        return outcome_of(self.total_cents) if self.is_payer_known else ItemOutcome.CARRIED_OVER


class ItemOutcome(StrEnum):
    """What the issue makes of an item: an invoice, nothing because it sums to zero, or lines kept for later."""

    INVOICE = auto()
    NOTHING_OWED = auto()
    CARRIED_OVER = auto()


def outcome_of(total_cents: Cents) -> ItemOutcome:
    """An invoice asks for money. A credit waits until a later invoice is large enough to take it."""
    if total_cents > 0:
        return ItemOutcome.INVOICE
    return ItemOutcome.NOTHING_OWED if total_cents == 0 else ItemOutcome.CARRIED_OVER


def invoice_number(year: int, number: int) -> str:
    """The number that an invoice shows, e.g. `2026-000123`."""
    return f"{year}-{number:06d}"
