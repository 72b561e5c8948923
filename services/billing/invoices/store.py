"""Storage of issued invoices and of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Transaction
from chassis.refusal import NotFound
from contracts.types import Cents, InvoiceStatus

from .domain import NewInvoice


class InvoiceDiffersFromDraft(Exception):
    """The lines that an issue froze do not come to the total that was reviewed: nothing of the batch is issued."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What the invoices of a batch have in common."""

    run_id: UUID
    regie: str
    period: date
    issued_at: datetime
    issued_on: date
    due_on: date


ADD_INVOICES_SQL = """
insert into invoices (invoice_id, run_id, payer_id, household_id, regie, number, period, payer_name, contact_name, siret, rna,
    payer_address, total_cents, paid_cents, credit_cents, status, issued_at, issued_on, due_on)
select new.invoice_id, $1, new.payer_id, new.household_id, $2, new.number, $3, p.name, p.contact_name, p.siret, p.rna,
       coalesce(h.address_lines, '{}'), new.total_cents, new.credit_cents, new.credit_cents, new.status, $4, $5, $6
from unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::text[], $11::integer[], $12::integer[], $13::text[])
    as new(invoice_id, payer_id, household_id, number, total_cents, credit_cents, status)
left join payers p using (payer_id)
left join households h on h.household_id = new.household_id
"""

# Statistics know nothing yet of a run that was just drafted; `offset 0` keeps the planner from reading all of `charges`
# for want of them: each payer's lines are found by index.
FREEZE_LINES_SQL = """
with line as materialized (
    select i.invoice_id, c.charge_id, c.household_id, c.child_id, c.activity_id, c.service_on, c.correction,
           c.quantity, c.share_basis_points, c.unit_cents, c.tariff_code, c.tariff_label, c.grid_version, c.bracket_label, c.quotient_cents,
           c.quotient_ended_on, c.is_quotient_awaited
    from unnest($1::uuid[], $2::uuid[]) as i(invoice_id, payer_id)
    cross join lateral (
        select * from charges where account_id = i.payer_id and status = 'due' and run_id = $3 offset 0
    ) c
), invoiced as (
    update charges c set status = 'invoiced', invoice_id = line.invoice_id
    from line where c.charge_id = line.charge_id
)
insert into invoice_lines (invoice_id, position, charge_id, label, child_id, child_first_name, service_on, quantity,
    share_basis_points, unit_cents, amount_cents, tariff_code, tariff_label, grid_version, bracket_label, quotient_cents,
    quotient_ended_on, is_quotient_awaited)
select c.invoice_id,
       row_number() over (partition by c.invoice_id order by k.name, c.child_id, c.service_on, a.label,
                          c.correction, c.charge_id),
       c.charge_id, coalesce(a.label, c.tariff_label), c.child_id, k.name, c.service_on, c.quantity,
       c.share_basis_points, c.unit_cents, c.quantity * c.unit_cents, c.tariff_code, c.tariff_label, c.grid_version, c.bracket_label,
       c.quotient_cents, c.quotient_ended_on, c.is_quotient_awaited
from line c
left join activities a on a.activity_id = c.activity_id
left join household_children k on k.household_id = c.household_id and k.child_id = c.child_id
"""

INVOICES_THAT_DIFFER_SQL = """
select count(*) from invoices i
where i.invoice_id = any($1::uuid[])
  and i.total_cents <> (select coalesce(sum(l.amount_cents), 0) from invoice_lines l where l.invoice_id = i.invoice_id)
"""


async def add_invoices(tx: Transaction, issue: Issue, invoices: Sequence[NewInvoice]) -> None:
    """Store invoices with the lines that their run holds, as they are now and stay.

    Raises:
        InvoiceDiffersFromDraft: a total is not the sum of its lines.
    """
    ids = [invoice.invoice_id for invoice in invoices]
    await tx.execute(
        ADD_INVOICES_SQL,
        issue.run_id,
        issue.regie,
        issue.period,
        issue.issued_at,
        issue.issued_on,
        issue.due_on,
        ids,
        [invoice.payer_id for invoice in invoices],
        [invoice.household_id for invoice in invoices],
        [invoice.number for invoice in invoices],
        [invoice.total_cents for invoice in invoices],
        [invoice.credit_cents for invoice in invoices],
        [invoice.status.value for invoice in invoices],
    )
    await tx.execute(FREEZE_LINES_SQL, ids, [invoice.payer_id for invoice in invoices], issue.run_id)
    if await tx.fetchval(INVOICES_THAT_DIFFER_SQL, ids):
        raise InvoiceDiffersFromDraft(str(issue.run_id))


@dataclass(frozen=True, slots=True)
class InvoiceDue:
    """What a payment needs to know of an invoice."""

    invoice_id: UUID
    payer_id: UUID
    household_id: UUID
    regie: str
    number: str
    issued_on: date
    total_cents: Cents
    paid_cents: Cents

    @property
    def left_to_pay_cents(self) -> Cents:
        """What nobody paid yet."""
        return self.total_cents - self.paid_cents


LOCK_INVOICE_SQL = """
select invoice_id, payer_id, household_id, regie, number, issued_on, total_cents, paid_cents
from invoices where invoice_id = $1 for update
"""


async def lock_invoice(tx: Transaction, invoice_id: UUID) -> InvoiceDue:
    """An invoice, locked against any other payment of it. Raises NotFound."""
    row = await tx.fetchrow(LOCK_INVOICE_SQL, invoice_id)
    if row is None:
        raise NotFound
    return InvoiceDue(**row)


SAVE_PAID_SQL = "update invoices set paid_cents = $2, status = $3 where invoice_id = $1"


async def save_paid(tx: Transaction, invoice_id: UUID, paid_cents: Cents, status: InvoiceStatus) -> None:
    """Write what was paid of a locked invoice."""
    await tx.execute(SAVE_PAID_SQL, invoice_id, paid_cents, status.value)


DOCUMENT_SQL = "select pdf from invoice_documents where invoice_id = $1"


async def document(queries: Queries, invoice_id: UUID) -> bytes | None:
    """The PDF of an invoice, None until it was first asked for."""
    pdf: bytes | None = await queries.fetchval(DOCUMENT_SQL, invoice_id)
    return pdf


KEEP_DOCUMENT_SQL = "insert into invoice_documents (invoice_id, pdf) values ($1, $2) on conflict do nothing"


async def keep_document(tx: Transaction, invoice_id: UUID, pdf: bytes) -> None:
    """Keep the PDF of an invoice; the first one stays."""
    await tx.execute(KEEP_DOCUMENT_SQL, invoice_id, pdf)
