"""What an agent may be allowed to do with tariffs, invoices and payments."""

from contracts.types import Permission


class BillingPermission(Permission):
    """The permissions of the billing service."""

    CHANGE_TARIFFS = "billing.tariffs.change", "Publish a new version of a tariff."
    QUOTE = "billing.prices.quote", "See what a day would cost a family."
    READ_RUNS = "billing.runs.read", "See invoice runs, their totals and anomalies."
    PREPARE_RUNS = "billing.runs.prepare", "Open an invoice run and declare its draft reviewed."
    ISSUE_RUNS = "billing.runs.issue", "Issue the invoices of a run."
    READ_PAYERS = (
        "billing.payers.read",
        "See who pays what part of a child's days, and where a register names several payers.",
    )
    CHANGE_SHARES = "billing.payer_shares.change", "Say who pays what part of a child's days."
    READ_INVOICES = "billing.invoices.read", "See the invoices of families."
    READ_PAYMENTS = "billing.payments.read", "See payments and their receipts."
    READ_ACCOUNTS = "billing.accounts.read", "See what a household owes, and the charges behind it."
    ISSUE_CERTIFICATES = "billing.certificates.issue", "Certify what a family paid, and see what was certified."
    READ_HISTORY = "billing.history.read", "See what was done with the invoices and payments of a household."
    CHECK_INVARIANTS = (
        "billing.invariants.check",
        "See what always holds of the billing service's rows, and have it checked.",
    )
