"""Issued invoices: what is frozen in them, and where their payment stands."""

from dataclasses import dataclass
from uuid import UUID

from contracts.types import Cents, InvoiceStatus


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """An invoice about to be issued to a payer, with its number, and what their credit pays of it."""

    invoice_id: UUID
    payer_id: UUID
    household_id: UUID
    number: str
    total_cents: Cents
    credit_cents: Cents

    @property
    def status(self) -> InvoiceStatus:
        """Where it stands from its first day on."""
        return status_of(self.total_cents, self.credit_cents)


def status_of(total_cents: Cents, paid_cents: Cents) -> InvoiceStatus:
    """Where an invoice stands by what was paid of it."""
    if paid_cents == total_cents:
        return InvoiceStatus.PAID
    return InvoiceStatus.PARTLY_PAID if paid_cents else InvoiceStatus.ISSUED
