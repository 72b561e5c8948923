"""Events of the billing service."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event
from contracts.types import Cents, ChargeStatus, PaymentMeans


class ChargeRecorded(Event):
    """What a booked day costs, or no longer costs; a later one for the same charge replaces it.

    `payer_id` pays `share_basis_points` (1/10000) of the day, by the quotient of `household_id`; it is None while nobody pays there. Who
    pays may change until the invoice: the charge is void then, and another one replaces it. `amount_cents` is None until a tariff
    is known, zero once void, negative for a day that was invoiced and is given back. That a charge was invoiced is said by
    `InvoiceIssued`, not here.
    """

    event_type: ClassVar[str] = "billing.charge_recorded.v1"
    topic: ClassVar[str] = "billing.charges"
    key_field: ClassVar[str] = "household_id"

    charge_id: UUID
    booking_id: UUID | None
    attendance_id: UUID | None
    payer_id: UUID | None
    household_id: UUID
    share_basis_points: int
    child_id: UUID
    activity_id: UUID
    service_on: date
    status: ChargeStatus
    amount_cents: Cents | None
    recorded_at: datetime


class InvoiceIssued(Event):
    """An invoice was numbered and frozen. `period` is the invoiced month, `YYYY-MM`; `payer_id` owes it.

    `credit_cents` of it were paid at once by a credit of the payer; the rest is to be paid.
    """

    event_type: ClassVar[str] = "billing.invoice_issued.v1"
    topic: ClassVar[str] = "billing.invoices"
    key_field: ClassVar[str] = "household_id"

    invoice_id: UUID
    payer_id: UUID
    household_id: UUID
    regie: str
    number: str
    period: str
    total_cents: Cents
    credit_cents: Cents
    due_on: date
    issued_at: datetime


class InvoicePaid(Event):
    """Nothing is left to pay on this invoice."""

    event_type: ClassVar[str] = "billing.invoice_paid.v1"
    topic: ClassVar[str] = "billing.invoices"
    key_field: ClassVar[str] = "household_id"

    invoice_id: UUID
    payer_id: UUID
    household_id: UUID
    number: str
    total_cents: Cents
    paid_at: datetime


class AccountsJudged(Event):
    """The last word of the accounts on an erasure that was asked for (`ErasureAsked`), in the order of the household's invoices: what of these households
    is not paid, not invoiced yet (`uninvoiced_count` days, those without a price among them), owed to their payers, or under way at the provider. Where
    all of it is nothing, the file may be erased."""

    event_type: ClassVar[str] = "billing.accounts_judged.v1"
    topic: ClassVar[str] = "billing.invoices"
    key_field: ClassVar[str] = "household_id"

    erasure_id: UUID
    household_id: UUID
    unpaid_count: int
    unpaid_cents: Cents
    uninvoiced_count: int
    uninvoiced_cents: Cents
    credit_cents: Cents
    payment_count: int
    judged_at: datetime


class PaymentReceived(Event):
    """Money came in for an invoice, once; `reference` is the provider's authorization number."""

    event_type: ClassVar[str] = "billing.payment_received.v1"
    topic: ClassVar[str] = "billing.payments"
    key_field: ClassVar[str] = "household_id"

    payment_id: UUID
    invoice_id: UUID
    invoice_number: str
    payer_id: UUID
    household_id: UUID
    amount_cents: Cents
    means: PaymentMeans
    reference: str
    receipt_number: str
    paid_at: datetime
