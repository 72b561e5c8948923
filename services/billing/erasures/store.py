"""What is open of a household that is to be erased, and the names on invoices of those that were."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.data.database import Row, Transaction

# A planned day counts: it will be owed. One without a price yet may be anything, and counts as well.
OPEN_SQL = """
with owner as (select unnest($1::uuid[]) as household_id),
     payer as (
        select payer_id from payers join owner using (household_id) union select payer_id from invoices join owner using (household_id)),
     unpaid as (
        select count(*) as count, coalesce(sum(total_cents - paid_cents), 0)::bigint as cents from invoices join owner using (household_id)
        where status <> 'paid'),
     uninvoiced as (
        select count(*) as count, coalesce(sum(quantity * unit_cents), 0)::bigint as cents from charges join owner using (household_id)
        where status in ('planned', 'due') and unit_cents is distinct from 0)
select unpaid.count as unpaid_count, unpaid.cents as unpaid_cents, uninvoiced.count as uninvoiced_count, uninvoiced.cents as uninvoiced_cents,
       (select -coalesce(sum(amount_cents), 0)::bigint from ledger_postings
        where account in (select 'credit/' || payer_id from payer)) as credit_cents,
       (select count(*) from payments join owner using (household_id)
        where status in ('created', 'redirected') or (status <> 'paid' and look_up_at is not null)) as payment_count
from unpaid cross join uninvoiced
"""


async def open_accounts(tx: Transaction, household_ids: Sequence[UUID]) -> Row | None:
    """What of these households is not paid, not invoiced, owed to their payers, or under way at the provider."""
    return await tx.fetchrow(OPEN_SQL, list(household_ids))


# Its lines and its document go with the name; number, days, prices and postings stay, which name nobody.
FORGET_NAMES_SQL = """
with old as (
    select invoice_id from invoices i
    where i.issued_on < $1 and i.payer_name <> '' and not exists (select from households h where h.household_id = i.household_id)
    order by invoice_id limit $2 for update skip locked),
     documents as (delete from invoice_documents where invoice_id in (select invoice_id from old)),
     lines as (
        update invoice_lines set child_first_name = null
        where invoice_id in (select invoice_id from old) and child_first_name is not null)
update invoices set payer_name = '', contact_name = null, siret = null, rna = null, payer_address = '{}'
where invoice_id in (select invoice_id from old)
"""


def kept_since(today: date, years: int) -> date:
    """The first day whose invoices keep their names today: the years count from the end of the one in which an invoice was issued."""
    return date(today.year - years, 1, 1)
