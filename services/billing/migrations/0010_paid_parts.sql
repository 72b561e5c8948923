-- What was paid of invoices, and on which day of the town: by a credit when they were issued, or by a payment, of which what nobody owed is no part.
create view paid_parts as
select invoice_id, payer_id, issued_on as paid_on, credit_cents as amount_cents from invoices where credit_cents > 0
union all
select i.invoice_id, i.payer_id, t.booked_on, p.amount_cents - coalesce((
    select sum(a.amount_cents)::integer from payment_anomalies a where a.payment_id = p.payment_id and a.code = 'over_payment'), 0)
from invoices i
join payments p on p.invoice_id = i.invoice_id and p.status = 'paid'
join ledger_transactions t on t.kind = 'payment' and t.reference = p.payment_id;
