"""What agents see of payments that need a look."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Database
from chassis.data.paging import page_of, read_cursor
from contracts.billing.models import PaymentAnomaly
from contracts.http import PAGE_SIZE_MAX, Page

ANOMALIES_SQL = """
select a.payment_id, a.code, a.amount_cents, a.noted_at, p.invoice_id, i.number as invoice_number, p.payer_id, p.household_id,
       i.payer_name
from payment_anomalies a
join payments p using (payment_id)
join invoices i using (invoice_id)
where $1::timestamptz is null or (a.noted_at, a.payment_id, a.code) < ($1, $2::uuid, $3::text)
order by a.noted_at desc, a.payment_id desc, a.code desc limit $4
"""


async def anomalies(db: Database, cursor: str | None) -> Page[PaymentAnomaly]:
    """Payments that an agent must look at, the newest first."""
    before = read_cursor(cursor, datetime.fromisoformat, UUID, str) if cursor else (None, None, None)
    rows = await db.fetch(ANOMALIES_SQL, *before, PAGE_SIZE_MAX + 1)
    items = [PaymentAnomaly.model_validate(dict(row)) for row in rows]
    return page_of(items, lambda anomaly: (anomaly.noted_at.isoformat(), anomaly.payment_id, anomaly.code))
