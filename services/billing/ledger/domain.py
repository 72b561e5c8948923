"""Double entry: what moves on which accounts, in integer cents. A debit is positive, a credit negative."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from uuid import UUID

from contracts.types import Cents


class EntryKind(StrEnum):
    """What a ledger transaction records; it happens once for each reference."""

    INVOICE = auto()
    PAYMENT = auto()
    CREDIT_USED = auto()


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on an account, `<kind>/<payer or regie>`."""

    account: str
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A ledger transaction: postings that sum to zero, about an invoice or a payment."""

    kind: EntryKind
    reference: UUID
    booked_on: date
    postings: tuple[Posting, ...]


def receivable(payer_id: UUID) -> str:
    """What a payer owes."""
    return f"receivable/{payer_id}"


def credit(payer_id: UUID) -> str:
    """What is owed to a payer: money they paid that no invoice asked for."""
    return f"credit/{payer_id}"


def revenue(regie: str) -> str:
    """What a regie invoiced."""
    return f"revenue/{regie}"


def provider(regie: str) -> str:
    """What payers paid to the payment provider for a regie."""
    return f"payfip/{regie}"


def invoice_entry(reference: UUID, payer_id: UUID, regie: str, total_cents: Cents, booked_on: date) -> LedgerEntry:
    """An invoice is issued: the payer owes its total."""
    return LedgerEntry(
        EntryKind.INVOICE,
        reference,
        booked_on,
        (Posting(receivable(payer_id), total_cents), Posting(revenue(regie), -total_cents)),
    )


def payment_entry(reference: UUID, payer_id: UUID, regie: str, split: "Split", booked_on: date) -> LedgerEntry:
    """Money came in: it settles the invoice, and what is over is owed to the payer."""
    postings = (
        Posting(provider(regie), split.settled_cents + split.surplus_cents),
        Posting(receivable(payer_id), -split.settled_cents),
        Posting(credit(payer_id), -split.surplus_cents),
    )
    return LedgerEntry(EntryKind.PAYMENT, reference, booked_on, tuple(p for p in postings if p.amount_cents))


def credit_entry(reference: UUID, payer_id: UUID, amount_cents: Cents, booked_on: date) -> LedgerEntry:
    """What is owed to the payer settles an invoice of theirs."""
    return LedgerEntry(
        EntryKind.CREDIT_USED,
        reference,
        booked_on,
        (Posting(credit(payer_id), amount_cents), Posting(receivable(payer_id), -amount_cents)),
    )


@dataclass(frozen=True, slots=True)
class Split:
    """A received amount, or a credit: what settles the invoice and what is over."""

    settled_cents: Cents
    surplus_cents: Cents

    @classmethod
    def of(cls, received_cents: Cents, left_to_pay_cents: Cents) -> "Split":
        """The split of an amount against what was left to pay."""
        settled = min(received_cents, left_to_pay_cents)
        return cls(settled, received_cents - settled)
