"""What travels in the requests and answers of the billing service."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.billing.organizations import BilledOrganization
from contracts.event import Model
from contracts.http import Day, Email, Month, ShortText
from contracts.types import (
    Cents,
    ChargeStatus,
    InvoiceRunStatus,
    InvoiceStatus,
    PaymentMeans,
    PaymentStatus,
    QuotientSource,
)


class Bracket(Model):
    """A price for quotients in [quotient_min_cents, quotient_max_cents[; the last one has no maximum."""

    label: ShortText
    quotient_min_cents: Annotated[int, Field(ge=0)]
    quotient_max_cents: Annotated[int, Field(gt=0)] | None
    price_cents: Annotated[Cents, Field(ge=0, le=1_000_000, strict=True)]


class TariffChange(Model):
    """A grid valid from a day. Brackets are contiguous from zero and the last one is open."""

    label: ShortText
    effective_on: Day
    brackets: tuple[Bracket, ...] = Field(min_length=1, max_length=30)


class Tariff(Model):
    """The grid in force (or to come) of a tariff. `grid_version` counts from 1; a grid never changes."""

    tariff_code: str
    label: str
    grid_version: int
    effective_on: date
    brackets: tuple[Bracket, ...]


class QuoteLineRequest(Model):
    """A day whose price is asked for, and the household that would book it: the only one of the child's by default."""

    child_id: UUID
    activity_id: UUID
    service_on: Day
    household_id: UUID | None = None


class QuoteRequest(Model):
    """The lines of a basket."""

    lines: tuple[QuoteLineRequest, ...] = Field(min_length=1, max_length=100)


class PriceExplanation(Model):
    """Why a line costs what it costs. `quotient_cents` is None when none counts: the maximum then applies; the last one may have ended, a proof may wait."""

    tariff_code: str
    tariff_label: str
    grid_version: int
    bracket_label: str
    quotient_cents: int | None
    is_maximum_for_want_of_quotient: bool
    quotient_ended_on: date | None = None
    is_quotient_awaited: bool = False


class QuoteLine(Model):
    """A priced day: what the asking household's payers pay of it, by their share in basis points (1/10000).

    The rest is paid by another home of the child, whose quotient is nobody else's business: with no share at all, nothing is
    owed here and nothing explained.
    """

    child_id: UUID
    activity_id: UUID
    activity_label: str
    service_on: date
    share_basis_points: int
    amount_cents: Cents
    explanation: PriceExplanation | None


class Quote(Model):
    """The price of a basket at this moment; what is charged is computed again when the booking is committed."""

    lines: tuple[QuoteLine, ...]
    total_cents: Cents


class PayerAccount(Model):
    """What a payer owes (negative: is owed). `credit_cents` is what they paid too much and their next invoice uses; the balance counts it. The
    name is None once it was erased. `former_reference`: the account is of a file that became part of the household's."""

    payer_id: UUID
    payer_name: str | None
    balance_cents: Cents
    credit_cents: Cents
    unpaid_count: int
    former_reference: str | None = None


class HouseholdAccount(Model):
    """The account of who pays for the household today, None while nobody does; others' that are not at zero; the quotient in force today, if known."""

    household_id: UUID
    payer: PayerAccount | None
    others: tuple[PayerAccount, ...]
    children_count: int
    quotient_cents: int | None
    quotient_on: date | None
    quotient_source: QuotientSource | None


class ChargeLine(Model):
    """What a household's payer owes for a day: None until a tariff is known, zero and unexplained once nothing is owed. Without a `payer_id` nobody pays in
    the household on that day: the line is on no invoice until somebody does."""

    charge_id: UUID
    payer_id: UUID | None
    payer_name: str | None
    share_basis_points: int
    child_id: UUID
    child_first_name: str | None
    activity_id: UUID
    activity_label: str | None
    service_on: date
    status: ChargeStatus
    amount_cents: Cents | None
    explanation: PriceExplanation | None
    invoice_id: UUID | None


class InvoiceRunCreate(Model):
    """The month to invoice; one run for each regie and month."""

    period: Month


class OpenDays(Model):
    """What a run leaves to a later one: days of its month that are still to come, and sheets until today that nobody closed.

    A sheet is an activity on a day; `child_count` and `household_count` are those who stand on such sheets.
    """

    days_left_count: int = 0
    sheet_count: int = 0
    child_count: int = 0
    household_count: int = 0


class InvoiceRunReview(Model):
    """That the draft was looked at. `confirmed` are the very counts of open days that it showed."""

    confirmed: OpenDays = OpenDays()


class InvoiceRun(Model):
    """A run and its progress. `anomalies` are (code, count) pairs to look at before the issue; `open_days` stand open now."""

    run_id: UUID
    regie: str
    period: str
    status: InvoiceRunStatus
    item_count: int
    drafted_count: int
    issued_count: int
    total_cents: Cents
    previous_total_cents: Cents | None
    anomalies: tuple[tuple[str, int], ...]
    open_days: OpenDays
    created_at: datetime
    issued_at: datetime | None


class InvoiceRunItem(Model):
    """What one payer would be invoiced; `anomalies` are codes, e.g. `zero_amount`. Without a `payer_id`, days wait: nobody pays for them."""

    payer_id: UUID | None
    household_id: UUID
    payer_name: str | None
    line_count: int
    total_cents: Cents
    anomalies: tuple[str, ...]
    invoice_id: UUID | None
    invoice_number: str | None


class InvoiceLine(Model):
    """A frozen line of an issued invoice."""

    position: int
    label: str
    child_first_name: str | None
    service_on: date
    quantity: int
    share_basis_points: int
    unit_cents: Cents
    amount_cents: Cents
    explanation: PriceExplanation


class InvoiceSummary(Model):
    """A row of the list of invoices. `payer_name` is the legal name of an organization. `credit_cents` is what a credit paid of it when it was issued; `due_cents` is left to pay."""

    invoice_id: UUID
    payer_id: UUID
    payer_name: str
    number: str
    period: str
    status: InvoiceStatus
    total_cents: Cents
    paid_cents: Cents
    credit_cents: Cents
    due_cents: Cents
    issued_on: date
    due_on: date


class Payment(Model):
    """An attempt to pay an invoice, and its receipt once paid."""

    payment_id: UUID
    invoice_id: UUID
    invoice_number: str
    status: PaymentStatus
    amount_cents: Cents
    means: PaymentMeans | None
    reference: str | None
    receipt_number: str | None
    started_at: datetime
    paid_at: datetime | None


class Invoice(Model):
    """An issued invoice; see `InvoiceSummary`. `organization`: of one that is not a person's. When it is not payable online, `payable_reason` is a refusal code with its `payable_params`."""

    invoice_id: UUID
    payer_id: UUID
    household_id: UUID
    number: str
    regie: str
    period: str
    status: InvoiceStatus
    payer_name: str
    organization: BilledOrganization | None = None
    lines: tuple[InvoiceLine, ...]
    total_cents: Cents
    paid_cents: Cents
    credit_cents: Cents
    due_cents: Cents
    issued_on: date
    due_on: date
    payments: tuple[Payment, ...]
    is_payable_online: bool
    payable_reason: str | None
    payable_params: dict[str, str] = Field(default_factory=dict)


class PaymentStart(Model):
    """Where the provider sends its ticket; the guardian's own address by default."""

    email: Email | None = None


class PaymentStarted(Model):
    """The provider's page where the payer goes now."""

    payment_id: UUID
    redirect_url: str


class PaymentAnomaly(Model):
    """What an agent must look at among payments: `over_payment` became a credit of the payer, anything else was not applied."""

    payment_id: UUID
    invoice_id: UUID
    invoice_number: str
    payer_id: UUID
    household_id: UUID
    payer_name: str
    code: str
    amount_cents: Cents
    noted_at: datetime


class PayfipNotification(Model):
    """A notification from the provider: it says only which operation ended, never how."""

    operation_id: Annotated[str, StringConstraints(max_length=200)]
