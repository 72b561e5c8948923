"""What a family sees of its account, and of what each booked day costs."""

from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import FieldRefusal, Invalid
from contracts.billing.models import ChargeLine, HouseholdAccount, PayerAccount
from contracts.http import PAGE_SIZE_MAX, Page
from contracts.types import ChargeStatus

from ..access import PAYER
from ..charges.queries import explanation_of
from ..charges.store import charge_of
from ..directory.queries import household_for
from ..payers.queries import payer_of
from ..settings import BillingRules

DAYS_MAX = 366

# A payer whose household was erased is known by their invoices. What payers of a file that became part of this one owe is shown to them, and to agents.
PAYERS_OF_HOUSEHOLD_SQL = reaching(
    """
select payer_id, p.name as payer_name, p.name, p.last_name, f.reference as former_reference,
       exists (select from payer_days d where d.payer_id = known.payer_id and d.during @> actor.today and d.household_id = $4) as is_paying,
       l.balance_cents, l.credit_cents,
       (select count(*) from invoices i where i.payer_id = known.payer_id and i.status <> 'paid') as unpaid_count
from (
    select payer_id, null::uuid as former_id from payers where household_id = $4
    union
    select payer_id, null from invoices where household_id = $4
    union
    select o.payer_id, o.household_id from payers o join merged_files m using (household_id) where m.kept_id = $4 and {is_reached}
) known
cross join actor
left join payers p using (payer_id)
left join households f on f.household_id = known.former_id
cross join lateral (
    select coalesce(sum(amount_cents), 0)::bigint as balance_cents,
           -coalesce(sum(amount_cents) filter (where account like 'credit/%'), 0)::bigint as credit_cents
    from ledger_postings where account in ('receivable/' || known.payer_id, 'credit/' || known.payer_id)
) l
order by payer_id
""",
    is_reached=PAYER.of("o.payer_id"),
)

ACCOUNT_SQL = """
select (select count(*) from household_children where household_id = $1) as children_count,
       q.value_cents as quotient_cents, q.effective_on as quotient_on, q.source as quotient_source
from (select) always left join lateral (
    select * from quotients where household_id = $1 and effective_on <= $2 order by effective_on desc limit 1
) q on q.ends_on is null or q.ends_on >= $2
"""


async def account(db: Database, actor: Actor, rules: BillingRules, household_id: UUID | None) -> HouseholdAccount:
    """The accounts of a household's payers, a parent's own household by default. Raises NotFound."""
    household = await household_for(db, actor, household_id)
    today = rules.today(await db.now())
    rows = db.collation.listed(await db.fetch(PAYERS_OF_HOUSEHOLD_SQL, *reach_of(actor, today), household), payer_of)
    payers = [(row["is_paying"], PayerAccount.model_validate(dict(row), extra="ignore")) for row in rows]
    others = [other for is_paying, other in payers if not is_paying and (other.balance_cents or other.credit_cents)]
    return HouseholdAccount(
        household_id=household,
        payer=next((payer for is_paying, payer in payers if is_paying), None),
        others=tuple(others),
        **dict(await db.fetchrow(ACCOUNT_SQL, household, today) or {}),
    )


CHARGES_SQL = """
select c.*, d.household_id as booked_by, coalesce(a.label, c.tariff_label) as activity_label, k.name as child_first_name,
       p.name as payer_name
from charges c
join service_days d using (source_id)
left join payers p using (payer_id)
left join activities a on a.activity_id = c.activity_id
left join household_children k on k.household_id = c.household_id and k.child_id = c.child_id
where c.household_id = $1 and c.service_on between $2 and $3 and (c.service_on, c.charge_id) > ($4, $5::uuid)
order by c.service_on, c.charge_id limit $6
"""


async def charges(
    db: Database, actor: Actor, household_id: UUID | None, days: tuple[date, date], cursor: str | None
) -> Page[ChargeLine]:
    """What the payers of a household owe for each day, between two days that both count. Raises NotFound."""
    from_on, to_on = days
    if not 0 <= (to_on - from_on).days <= DAYS_MAX:
        raise Invalid(FieldRefusal("/to_on", "range_invalid", (("days_max", DAYS_MAX),)))
    household = await household_for(db, actor, household_id)
    after = read_cursor(cursor, date.fromisoformat, UUID) if cursor else (date.min, UUID(int=0))
    rows = await db.fetch(CHARGES_SQL, household, from_on, to_on, *after, PAGE_SIZE_MAX + 1)
    items = []
    for row in rows:
        charge = charge_of(row)
        price = charge.price
        items.append(
            ChargeLine(
                charge_id=charge.charge_id,
                payer_id=charge.part.payer_id,
                payer_name=row["payer_name"],
                share_basis_points=charge.part.share_basis_points,
                child_id=charge.source.child_id,
                child_first_name=row["child_first_name"],
                activity_id=charge.day.activity_id,
                activity_label=row["activity_label"],
                service_on=charge.day.service_on,
                status=charge.status,
                amount_cents=charge.amount_cents,
                explanation=explanation_of(price) if price and charge.status is not ChargeStatus.VOID else None,
                invoice_id=row["invoice_id"],
            )
        )
    return page_of(items, lambda line: (line.service_on, line.charge_id))
