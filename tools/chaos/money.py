"""Invariants of places and money: I1, I3, I4, I8 and I14."""

from typing import Final

from .evidence import Evidence

WHOLE_BASIS_POINTS: Final = 10_000

OVERSOLD_SQL = """
select p.id::text as pool, p.capacity, p.taken, count(b.id) as booked
from pools p
join slots s on p.id = any(s.pool_ids)
left join bookings b on b.slot_id = s.id and b.status in ('held', 'requested', 'confirmed')
group by p.id having count(b.id) > p.capacity or count(b.id) <> p.taken
"""

TWO_PLACES_SQL = """
select b.child_id::text as child, b.service_on, b.slot_id::text as slot, other.slot_id::text as other
from bookings b join bookings other using (service_on, child_id)
where b.id < other.id and b.span && other.span
  and b.status in ('held', 'requested', 'confirmed') and other.status in ('held', 'requested', 'confirmed')
"""


async def no_oversell(evidence: Evidence) -> list[str]:
    """I1: live bookings of a pool fit its capacity, its counter is their number, and no child is in two places at a time."""
    booking = evidence.databases["booking"]
    return [
        f"pool {row['pool']}: {row['booked']} booked, {row['taken']} counted, {row['capacity']} places"
        for row in await booking.fetch(OVERSOLD_SQL)
    ] + [
        f"child {row['child']} has slots {row['slot']} and {row['other']} at once on {row['service_on']}"
        for row in await booking.fetch(TWO_PLACES_SQL)
    ]


BOOKINGS_SQL = """
select b.id, case when b.status = 'cancelled' then 'void' when m.recorded is null then 'planned' else 'due' end as expected
from bookings b left join attendances m on m.service_on = b.service_on and m.booking_id = b.id
union all
select id, 'due' from attendances where booking_id is null and recorded = 'unbooked'
"""

CHARGES_SQL = """
select source_id, array_agg(distinct status) filter (where correction = 0) as days,
       sum(share_basis_points) filter (where correction = 0) as share_basis_points,
       coalesce(sum(quantity * unit_cents) filter (where status <> 'void'), 0) as net_cents
from charges group by source_id
"""


async def one_live_charge(evidence: Evidence) -> list[str]:
    """I3: every booking, and every child who came unbooked, is charged once, in parts that make one whole, in the state of its day; what
    was cancelled nets to zero."""
    charges = {row["source_id"]: row for row in await evidence.databases["billing"].fetch(CHARGES_SQL)}
    faults = []
    for booking_id, expected in await evidence.databases["booking"].fetch(BOOKINGS_SQL):
        charge = charges.pop(booking_id, None)
        days = ["due" if day == "invoiced" else day for day in charge["days"] or ()] if charge else []
        if days != [expected] or (charge and charge["share_basis_points"] != WHOLE_BASIS_POINTS):
            faults.append(f"booking {booking_id} should be charged {expected}, once: {days}")
        elif charge and expected == "void" and charge["net_cents"]:
            faults.append(f"booking {booking_id} was cancelled and costs {charge['net_cents']}")
    return faults + [f"charge of an unknown booking {booking_id}" for booking_id in charges]


UNBALANCED_SQL = """
select transaction_id::text as what, sum(amount_cents) as cents from ledger_postings
group by transaction_id having sum(amount_cents) <> 0
union all
select number, i.total_cents - coalesce(sum(l.amount_cents), 0) from invoices i
left join invoice_lines l using (invoice_id) group by i.invoice_id having i.total_cents <> coalesce(sum(l.amount_cents), 0)
union all
select 'receivable of ' || payer_id, coalesce(owed, 0) - coalesce(posted, 0)
from (select payer_id, sum(total_cents - paid_cents) as owed from invoices group by payer_id) as i
full join (
    select split_part(account, '/', 2)::uuid as payer_id, sum(amount_cents) as posted
    from ledger_postings where account like 'receivable/%' group by account
) as p using (payer_id)
where coalesce(owed, 0) <> coalesce(posted, 0)
"""


async def ledger_balances(evidence: Evidence) -> list[str]:
    """I4: ledger transactions sum to zero, invoices are the sum of their lines, balances the sum of their postings."""
    rows = await evidence.databases["billing"].fetch(UNBALANCED_SQL)
    return [f"{row['what']} is off by {row['cents']} cents" for row in rows]


PAYMENTS_SQL = """
select p.idop, p.amount_cents, p.invoice_id::text as invoice, -coalesce(sum(l.amount_cents), 0) as credited_cents
from payments p
left join ledger_transactions t on t.kind = 'payment' and t.reference = p.payment_id
left join ledger_postings l on l.transaction_id = t.transaction_id and l.amount_cents < 0
where p.status = 'paid' group by p.payment_id
"""

# What a credit paid came in with an earlier payment.
PAID_INVOICES_SQL = """
select invoice_id::text as invoice, paid_cents - credit_cents as paid_cents from invoices where paid_cents > credit_cents
"""

PAYMENT_POSTINGS_SQL = "select count(*) from ledger_transactions where kind = 'payment'"


async def payments_agree(evidence: Evidence) -> list[str]:
    """I8: no payment is lost or doubled: the provider's journal, the payments, the ledger and the invoices agree."""
    billing = evidence.databases["billing"]
    provider = {
        operation["id_op"]: int(operation["montant"])
        for operation in evidence.operations
        if operation["result"] in ("P", "V")
    }
    payments = await billing.fetch(PAYMENTS_SQL)
    paid = {row["idop"]: row["amount_cents"] for row in payments}
    faults = [f"operation {idop} is paid at the provider alone" for idop in provider.keys() - paid.keys()]
    faults += [f"operation {idop} is paid here alone" for idop in paid.keys() - provider.keys()]
    faults += [
        f"operation {idop}: {paid[idop]} for {provider[idop]} cents"
        for idop in paid.keys() & provider.keys()
        if paid[idop] != provider[idop]
    ]
    by_invoice: dict[str, int] = {}
    for row in payments:
        by_invoice[row["invoice"]] = by_invoice.get(row["invoice"], 0) + row["amount_cents"]
        if row["credited_cents"] != row["amount_cents"]:
            faults.append(
                f"operation {row['idop']}: {row['credited_cents']} of {row['amount_cents']} cents in the ledger"
            )
    invoices = {row["invoice"]: row["paid_cents"] for row in await billing.fetch(PAID_INVOICES_SQL)}
    if invoices != by_invoice:
        faults.append(f"invoices say {sum(invoices.values())} cents are paid, payments {sum(by_invoice.values())}")
    if await billing.fetchval(PAYMENT_POSTINGS_SQL) != len(payments):
        faults.append("the ledger has another number of payments")
    return faults


NUMBER_GAPS_SQL = """
with used as (
    select regie, 'invoice' as series, number from invoices
    union all
    select i.regie, 'receipt', p.receipt_number from payments p join invoices i using (invoice_id)
    where p.receipt_number is not null
), counted as (
    select regie, series, count(*) as used, count(distinct number) as different,
           max(substring(number from '([0-9]+)$')::int) as highest
    from used group by regie, series
)
select coalesce(c.series, n.series) as series, used, different, highest, n.last_number
from counted c full join (
    select regie, series, sum(last_number) as last_number from numbers group by regie, series
) n using (regie, series)
where used is distinct from different or used is distinct from highest or used is distinct from n.last_number
"""


async def numbers_are_continuous(evidence: Evidence) -> list[str]:
    """I14: numbers of invoices and receipts are unique and without a gap."""
    rows = await evidence.databases["billing"].fetch(NUMBER_GAPS_SQL)
    return [
        f"{row['series']}: {row['used']} numbers, {row['different']} different, the highest {row['highest']},"
        f" the counter {row['last_number']}"
        for row in rows
    ]
