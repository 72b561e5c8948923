"""What the billing service answers: tariffs, quotes, invoice runs, invoices, payments, accounts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from contracts.billing.models import (
    ChargeLine,
    HouseholdAccount,
    Invoice,
    InvoiceRun,
    InvoiceRunCreate,
    InvoiceRunItem,
    InvoiceRunReview,
    InvoiceSummary,
    PayfipNotification,
    Payment,
    PaymentAnomaly,
    PaymentStart,
    PaymentStarted,
    Quote,
    QuoteRequest,
    Tariff,
    TariffChange,
)
from contracts.billing.payers import ChildPayers, PayerConflict, PayerSharesChange
from contracts.billing.permissions import BillingPermission
from contracts.history import HistoryEntry
from contracts.http import Cursor, File, Page
from contracts.invariants import InvariantCheck
from contracts.operation import EVERYBODY, agents, delete, families, get, post, put
from contracts.types import StepUp

OPERATION_ID_PATTERN = r"^[A-Za-z0-9\-]{8,60}$"
TariffCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,80}$")]
OperationId = Annotated[str, StringConstraints(pattern=OPERATION_ID_PATTERN)]
"""What the payment provider calls an attempt to pay."""


@put("/tariffs/{tariff_code}", agents(BillingPermission.CHANGE_TARIFFS), step_up=StepUp.BILLING, public=True)
async def change_tariff(tariff_code: TariffCode, body: TariffChange) -> Tariff:
    """Publish a new version of a tariff, valid from a day."""


@get("/tariffs", EVERYBODY, public=True)
async def list_tariffs(cursor: Cursor | None = None) -> Page[Tariff]:
    """The grids in force, and those to come."""


@post("/quotes", families(BillingPermission.QUOTE), public=True, is_noted=False)
async def quote(body: QuoteRequest) -> Quote:
    """What a basket of days would cost now, line by line, and why."""


@post(
    "/invoice-runs",
    agents(BillingPermission.PREPARE_RUNS),
    public=True,
    is_keyed=True,
    status=201,
    step_up=StepUp.BILLING,
)
async def create_invoice_run(body: InvoiceRunCreate) -> InvoiceRun:
    """Open the run of a month; its draft is computed in the background."""


@get("/invoice-runs", agents(BillingPermission.READ_RUNS), public=True)
async def list_invoice_runs(cursor: Cursor | None = None) -> Page[InvoiceRun]:
    """Every run, the newest first."""


@get("/invoice-runs/{run_id}", agents(BillingPermission.READ_RUNS), public=True)
async def read_invoice_run(run_id: UUID) -> InvoiceRun:
    """A run, its progress and what is unusual in it."""


@get("/invoice-runs/{run_id}/items", agents(BillingPermission.READ_RUNS), public=True)
async def list_invoice_run_items(run_id: UUID, cursor: Cursor | None = None) -> Page[InvoiceRunItem]:
    """What each payer would be, or was, invoiced."""


@post("/invoice-runs/{run_id}/review", agents(BillingPermission.PREPARE_RUNS), public=True, step_up=StepUp.BILLING)
async def review_invoice_run(run_id: UUID, body: InvoiceRunReview) -> InvoiceRun:
    """Declare that the draft was looked at, and confirm the days that it leaves out."""


@post("/invoice-runs/{run_id}/issue", agents(BillingPermission.ISSUE_RUNS), public=True, step_up=StepUp.BILLING)
async def issue_invoice_run(run_id: UUID) -> InvoiceRun:
    """Issue the invoices of a reviewed run; what is issued never changes."""


@post("/invoice-runs/{run_id}/draft", agents(BillingPermission.PREPARE_RUNS), public=True, step_up=StepUp.BILLING)
async def redraft_invoice_run(run_id: UUID) -> InvoiceRun:
    """Compute the draft of a run again, with the days as they are now."""


@delete("/invoice-runs/{run_id}", agents(BillingPermission.PREPARE_RUNS), public=True, step_up=StepUp.BILLING)
async def discard_invoice_run(run_id: UUID) -> None:
    """Give up a run that is not being issued: its days go to another one, and the month may be opened again."""


@get("/invoices", families(BillingPermission.READ_INVOICES), public=True, step_up=StepUp.INVOICES)
async def list_invoices(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[InvoiceSummary]:
    """The invoices of a family and those that its adult pays, or a household's for an agent, the newest first."""


@get("/invoices/{invoice_id}", families(BillingPermission.READ_INVOICES), public=True, step_up=StepUp.INVOICES)
async def read_invoice(invoice_id: UUID) -> Invoice:
    """An invoice, its lines and its payments."""


@get(
    "/invoices/{invoice_id}/pdf",
    families(BillingPermission.READ_INVOICES),
    public=True,
    step_up=StepUp.INVOICES,
    is_slow=True,
)
async def read_invoice_pdf(invoice_id: UUID) -> File:
    """The invoice as an accessible document (PDF/UA-1), set when it is first asked for."""


@post(
    "/invoices/{invoice_id}/payments",
    families(),
    public=True,
    is_keyed=True,
    is_slow=True,
    status=201,
    step_up=StepUp.PAYMENTS,
)
async def start_payment(invoice_id: UUID, body: PaymentStart) -> PaymentStarted:
    """Begin to pay what is left of an invoice; the payer goes on at `redirect_url`."""


@post("/payfip/notifications", EVERYBODY, is_noted=False)
async def notify_payment(body: PayfipNotification) -> None:
    """The provider, or anybody, says that an operation has news."""


@get("/payments/by-operation/{operation_id}", families(BillingPermission.READ_PAYMENTS), is_slow=True)
async def read_payment_by_operation(operation_id: OperationId) -> Payment:
    """The payment that a payer comes back from, looked up now."""


@get("/payments/{payment_id}", families(BillingPermission.READ_PAYMENTS))
async def read_payment(payment_id: UUID) -> Payment:
    """An attempt to pay, and its receipt once paid."""


@get("/payment-anomalies", agents(BillingPermission.READ_RUNS))
async def list_payment_anomalies(cursor: Cursor | None = None) -> Page[PaymentAnomaly]:
    """Payments that an agent must look at, the newest first: money that no invoice asked for, answers that do not fit."""


@get("/account", families(BillingPermission.READ_ACCOUNTS))
async def read_account(household_id: UUID | None = None) -> HouseholdAccount:
    """What the payers of a household owe, and the quotient that its prices are computed with."""


@get("/charges", families(BillingPermission.READ_ACCOUNTS), public=True)
async def list_charges(
    from_on: date, to_on: date, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[ChargeLine]:
    """What each booked day costs, and whether it is invoiced."""


@get("/children/{child_id}/payers", agents(BillingPermission.READ_PAYERS), public=True)
async def read_child_payers(child_id: UUID) -> ChildPayers:
    """Who may pay for a child, and who pays what part of its days."""


@put("/children/{child_id}/payer-shares", agents(BillingPermission.CHANGE_SHARES), step_up=StepUp.BILLING, public=True)
async def change_payer_shares(child_id: UUID, body: PayerSharesChange) -> ChildPayers:
    """Say who pays what part of a child's days; days that are on no invoice yet are charged accordingly."""


@get("/payer-conflicts", agents(BillingPermission.READ_PAYERS))
async def list_payer_conflicts(cursor: Cursor | None = None) -> Page[PayerConflict]:
    """Days for which a register names several payers of a household, the newest first."""


@get("/history", families(BillingPermission.READ_HISTORY))
async def billing_history(household_id: UUID | None = None, cursor: Cursor | None = None) -> Page[HistoryEntry]:
    """What people did with a household's invoices and payments, the newest first; a family's own by default."""


@get("/invariants", agents(BillingPermission.CHECK_INVARIANTS))
async def billing_invariants() -> Page[InvariantCheck]:
    """What the last check of each invariant of the billing service found."""


@post("/invariants/checks", agents(BillingPermission.CHECK_INVARIANTS), is_noted=False)
async def check_billing_invariants() -> None:
    """Have every invariant of the billing service checked now; what is found is there some moments later."""
