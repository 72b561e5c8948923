"""What families and agents see of payments, and whether an invoice can be paid online."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.refusal import NotFound, Refusal
from contracts.billing.models import Payment

from ..directory.queries import require_invoice
from ..settings import BillingRules
from .domain import start_refusal
from .store import attempts, payment

PAYMENTS_OF_INVOICE_SQL = """
select p.payment_id, p.invoice_id, i.number as invoice_number, p.status, p.amount_cents, p.means, p.reference,
       p.receipt_number, p.started_at, p.paid_at
from payments p join invoices i using (invoice_id)
where p.invoice_id = $1 order by p.started_at
"""


async def payments_of_invoice(queries: Queries, invoice_id: UUID) -> tuple[Payment, ...]:
    """Every payment of an invoice, oldest first."""
    rows = await queries.fetch(PAYMENTS_OF_INVOICE_SQL, invoice_id)
    return tuple(Payment.model_validate(dict(row)) for row in rows)


SHOWN_PAYMENT_SQL = """
select p.payment_id, p.invoice_id, i.number as invoice_number, p.status, p.amount_cents, p.means, p.reference,
       p.receipt_number, p.started_at, p.paid_at
from payments p join invoices i using (invoice_id)
where p.payment_id = $1
"""


async def shown_payment(queries: Queries, payment_id: UUID) -> Payment:
    """A payment as it is shown. Raises NotFound."""
    row = await queries.fetchrow(SHOWN_PAYMENT_SQL, payment_id)
    if row is None:
        raise NotFound
    return Payment.model_validate(dict(row))


async def payment_for(db: Database, actor: Actor, payment_id: UUID) -> Payment:
    """A payment, for its payer, the household and entitled agents. Raises NotFound."""
    stored = await payment(db, payment_id)
    await require_invoice(db, actor, stored.payer_id, stored.household_id)
    return await shown_payment(db, payment_id)


LEFT_TO_PAY_SQL = "select total_cents - paid_cents from invoices where invoice_id = $1"


async def why_not_payable(db: Database, rules: BillingRules, invoice_id: UUID) -> Refusal | None:
    """Why no payment of this invoice could start now; None when one could."""
    left = await db.fetchval(LEFT_TO_PAY_SQL, invoice_id)
    return start_refusal(left, await attempts(db, invoice_id), rules.payment_limits, await db.now())
