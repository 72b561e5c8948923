"""What always holds of money: the ledger, invoices, payments and their numbers."""

from typing import Final

from chassis.invariants import Checking, Invariant, changes_are_told
from contracts.billing import api

UNBALANCED_SQL = """
select 'transaction ' || transaction_id as key from ledger_postings group by transaction_id having sum(amount_cents) <> 0
union all
select 'invoice ' || i.invoice_id from invoices i left join invoice_lines l using (invoice_id)
group by i.invoice_id having i.total_cents <> coalesce(sum(l.amount_cents), 0)
union all
select 'payer ' || payer_id
from (select payer_id::text, sum(total_cents - paid_cents) as owed from invoices group by payer_id) as i
full join (
    select split_part(account, '/', 2) as payer_id, sum(amount_cents) as posted
    from ledger_postings where account like 'receivable/%' group by account
) as p using (payer_id)
where coalesce(owed, 0) <> coalesce(posted, 0)
"""

# What was received of a payment, and how much of it settled its invoice: the rest is owed to the payer. What a credit
# paid came in with an earlier payment.
UNPOSTED_PAYMENTS_SQL = """
with posted as (
    select t.reference as payment_id, coalesce(sum(p.amount_cents) filter (where p.amount_cents > 0), 0) as received_cents,
           coalesce(-sum(p.amount_cents) filter (where p.account like 'receivable/%'), 0) as settled_cents
    from ledger_transactions t left join ledger_postings p using (transaction_id)
    where t.kind = 'payment' group by t.transaction_id
), paid as (
    select payment_id, invoice_id, amount_cents from payments where status = 'paid'
)
select 'payment ' || payment_id as key from paid full join posted using (payment_id)
where amount_cents is distinct from received_cents
union all
select 'invoice ' || i.invoice_id
from invoices i left join (paid join posted using (payment_id)) using (invoice_id)
group by i.invoice_id having i.paid_cents - i.credit_cents <> coalesce(sum(settled_cents), 0)
"""

# A number is its year and its place in the year: `2026-000012`, `R2026-000012`.
NUMBER_GAPS_SQL = """
with given as (
    select regie, 'invoice' as series, number from invoices
    union all
    select i.regie, 'receipt', p.receipt_number from payments p join invoices i using (invoice_id)
    where p.receipt_number is not null
), counted as (
    select regie, series, substring(number from '^R?([0-9]{4})-')::int as year, count(*) as given,
           count(distinct number) as different, max(substring(number from '([0-9]+)$')::int) as highest
    from given group by regie, series, year
)
select concat_ws(' ', series, regie, year) as key from counted full join numbers using (regie, series, year)
where given is distinct from different or given is distinct from highest or given is distinct from last_number
"""

CHANGES_SQL = """
select 'billing.charges' as topic, household_id::text as key, count(*) as count from charges group by household_id
union all
select 'billing.invoices', household_id::text, count(*) + count(*) filter (where status = 'paid')
from invoices group by household_id
union all
select 'billing.payments', household_id::text, count(*) from payments where status = 'paid' group by household_id
"""

CHECKING: Final = Checking(
    api.billing_invariants,
    api.check_billing_invariants,
    (
        Invariant(
            "I4",
            "Every ledger transaction sums to zero, an invoice is the sum of its lines, what a payer owes that of their postings.",
            UNBALANCED_SQL,
        ),
        Invariant(
            "I8", "Every payment stands in the ledger, once and whole, and on its invoice.", UNPOSTED_PAYMENTS_SQL
        ),
        # Of charges some go: a day that another one pays for is a line of theirs.
        changes_are_told(CHANGES_SQL, lasting=("billing.invoices", "billing.payments")),
        Invariant("I14", "The numbers of invoices and receipts are unique and without a gap.", NUMBER_GAPS_SQL),
    ),
)
