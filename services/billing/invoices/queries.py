"""What families and agents see of invoices."""

from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.comparing import comparable
from chassis.data.database import Database, Queries, Row
from chassis.data.paging import page_of, read_id
from chassis.refusal import NotFound
from contracts.billing.models import Invoice, InvoiceLine, InvoiceSummary, PriceExplanation
from contracts.billing.organizations import BilledOrganization
from contracts.http import PAGE_SIZE_MAX, Page

from ..access import invoice as reached_invoice
from ..directory.queries import require_access
from ..payments.queries import payments_of_invoice, why_not_payable
from ..settings import BillingRules

INVOICES_SQL = reaching(
    """
select invoice_id, payer_id, payer_name, number, to_char(period, 'YYYY-MM') as period, status, total_cents, paid_cents, credit_cents,
       total_cents - paid_cents as due_cents, issued_on, due_on
from invoices i
where {is_reached} and ($4::uuid is null or household_id = $4 or household_id in (
    select m.household_id from merged_files m where m.kept_id = $4)) and ($5::uuid is null or invoice_id < $5)
order by invoice_id desc limit $6
""",
    is_reached=reached_invoice("i.payer_id", "i.household_id"),
)


async def invoices(db: Database, actor: Actor, household_id: UUID | None, cursor: str | None) -> Page[InvoiceSummary]:
    """Invoices, the newest first: a parent's own, or those of a household, or all. Raises NotFound."""
    before = read_id(cursor)
    if household_id is not None:
        await require_access(db, actor, household_id)
    rows = await db.fetch(INVOICES_SQL, *reach_of(actor, await db.today()), household_id, before, PAGE_SIZE_MAX + 1)
    items = [InvoiceSummary.model_validate(dict(row)) for row in rows]
    return page_of(items, lambda invoice: (invoice.invoice_id,))


INVOICE_SQL = reaching(
    """
select invoice_id, payer_id, household_id, number, regie, to_char(period, 'YYYY-MM') as period, status, payer_name,
       contact_name, siret, rna, payer_address, total_cents, paid_cents, credit_cents, issued_at, issued_on, due_on,
       exists (select from households h where h.household_id = i.household_id and h.is_address_protected) as is_address_protected
from invoices i where invoice_id = $4 and {is_reached}
""",
    is_reached=reached_invoice("i.payer_id", "i.household_id"),
)


async def invoice_row(queries: Database, actor: Actor, invoice_id: UUID) -> Row:
    """The row of an invoice that this actor may read; refuses with `NotFound` what belongs to others."""
    row = await queries.fetchrow(INVOICE_SQL, *reach_of(actor, await queries.today()), invoice_id)
    if row is None:
        raise NotFound
    return row


LINES_SQL = """
select position, label, child_first_name, service_on, quantity, share_basis_points, unit_cents, amount_cents, tariff_code, tariff_label,
       grid_version, bracket_label, quotient_cents, quotient_ended_on, is_quotient_awaited
from invoice_lines where invoice_id = $1 order by position
"""


async def invoice_lines(queries: Queries, invoice_id: UUID) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice, child after child in the order of a list of people, each child's by day."""
    rows = await queries.fetch(LINES_SQL, invoice_id)
    return tuple(
        InvoiceLine(
            position=row["position"],
            label=row["label"],
            child_first_name=row["child_first_name"],
            service_on=row["service_on"],
            quantity=row["quantity"],
            share_basis_points=row["share_basis_points"],
            unit_cents=row["unit_cents"],
            amount_cents=row["amount_cents"],
            explanation=PriceExplanation(
                tariff_code=row["tariff_code"],
                tariff_label=row["tariff_label"],
                grid_version=row["grid_version"],
                bracket_label=row["bracket_label"],
                quotient_cents=row["quotient_cents"],
                is_maximum_for_want_of_quotient=row["quotient_cents"] is None,
                quotient_ended_on=row["quotient_ended_on"],
                is_quotient_awaited=row["is_quotient_awaited"],
            ),
        )
        for row in sorted(rows, key=lambda row: (comparable(row["child_first_name"] or ""), row["position"]))
    )


def organization_of(row: Row) -> BilledOrganization | None:
    """The organization that an invoice is addressed to, beside its name; None of a person's."""
    if row["contact_name"] is None:
        return None
    return BilledOrganization(contact_name=row["contact_name"], siret=row["siret"], rna=row["rna"])


async def invoice(db: Database, actor: Actor, rules: BillingRules, invoice_id: UUID) -> Invoice:
    """An invoice with its lines and payments, and whether it can be paid online now. Raises NotFound."""
    row = await invoice_row(db, actor, invoice_id)
    reason = await why_not_payable(db, rules, invoice_id)
    return Invoice(
        invoice_id=row["invoice_id"],
        payer_id=row["payer_id"],
        household_id=row["household_id"],
        number=row["number"],
        regie=row["regie"],
        period=row["period"],
        status=row["status"],
        payer_name=row["payer_name"],
        organization=organization_of(row),
        lines=await invoice_lines(db, invoice_id),
        total_cents=row["total_cents"],
        paid_cents=row["paid_cents"],
        credit_cents=row["credit_cents"],
        due_cents=row["total_cents"] - row["paid_cents"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        payments=await payments_of_invoice(db, invoice_id),
        is_payable_online=reason is None,
        payable_reason=reason.code() if reason else None,
        payable_params={name: str(value) for name, value in reason.params.items()} if reason else {},
    )
