"""Follows what other services say of a file's use: its enrollments, and its invoices until they are paid."""

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.billing.events import InvoiceIssued, InvoicePaid
from contracts.booking.events import (
    EnrollmentEnded,
    EnrollmentRefused,
    EnrollmentReopened,
    EnrollmentRequested,
    EnrollmentValidated,
)
from contracts.event import Envelope

from .store import keep_enrollment, keep_invoice


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to enrollments and invoices; each of a household comes in order."""
    subscriptions.on(EnrollmentRequested, _on_lasting)
    subscriptions.on(EnrollmentValidated, _on_lasting)
    subscriptions.on(EnrollmentReopened, _on_lasting)
    subscriptions.on(EnrollmentEnded, _on_ended)
    subscriptions.on(EnrollmentRefused, _on_refused)
    subscriptions.on(InvoiceIssued, _on_issued)
    subscriptions.on(InvoicePaid, _on_paid)


async def _on_lasting(
    tx: Transaction, event: EnrollmentRequested | EnrollmentValidated | EnrollmentReopened, envelope: Envelope
) -> None:
    await keep_enrollment(
        tx, event.enrollment_id, (event.household_id, event.child_id), (event.starts_on, event.ends_on)
    )


async def _on_ended(tx: Transaction, event: EnrollmentEnded, envelope: Envelope) -> None:
    days = (event.starts_on, event.ends_on) if event.ends_on else None
    await keep_enrollment(tx, event.enrollment_id, (event.household_id, event.child_id), days)


async def _on_refused(tx: Transaction, event: EnrollmentRefused, envelope: Envelope) -> None:
    await keep_enrollment(tx, event.enrollment_id, (event.household_id, event.child_id), None)


async def _on_issued(tx: Transaction, event: InvoiceIssued, envelope: Envelope) -> None:
    unpaid_cents = event.total_cents - event.credit_cents
    await keep_invoice(tx, event.invoice_id, event.household_id, event.issued_at.date(), unpaid_cents)


async def _on_paid(tx: Transaction, event: InvoicePaid, envelope: Envelope) -> None:
    await keep_invoice(tx, event.invoice_id, event.household_id, event.paid_at.date(), 0)
