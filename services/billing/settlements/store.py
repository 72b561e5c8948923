"""Storage of payments as their results come in."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Transaction

from .domain import PaymentAnomaly, Receipt, Verdict

SAVE_VERDICT_SQL = "update payments set status = $2, look_up_at = $3, abandoned_at = $4 where payment_id = $1"


async def save_verdict(tx: Transaction, payment_id: UUID, verdict: Verdict) -> None:
    """Write what a look-up made of a locked payment that is not paid."""
    await tx.execute(
        SAVE_VERDICT_SQL,
        payment_id,
        verdict.status.value,
        verdict.look_up_at,
        verdict.abandoned_at,
    )


SAVE_PAID_SQL = """
update payments set status = 'paid', look_up_at = null, means = $2, reference = $3, receipt_number = $4, paid_at = $5
where payment_id = $1
"""


async def save_paid(
    tx: Transaction, payment_id: UUID, receipt: Receipt, receipt_number: str, paid_at: datetime
) -> None:
    """Write the receipt of a locked payment."""
    await tx.execute(SAVE_PAID_SQL, payment_id, receipt.means.value, receipt.reference, receipt_number, paid_at)


NOTE_ANOMALY_SQL = """
insert into payment_anomalies (payment_id, code, amount_cents, noted_at) values ($1, $2, $3, $4)
on conflict (payment_id, code) do nothing
"""


async def note_anomaly(
    tx: Transaction, payment_id: UUID, anomaly: PaymentAnomaly, amount_cents: int, noted_at: datetime
) -> None:
    """Keep something for an agent to look at, once for each payment and kind."""
    await tx.execute(NOTE_ANOMALY_SQL, payment_id, anomaly.value, amount_cents, noted_at)


HASTEN_SQL = """
update payments set look_up_at = $2
where idop = $1 and status <> 'paid' and (look_up_at is null or look_up_at > $2)
"""


async def hasten(tx: Transaction, idop: str, now: datetime) -> None:
    """Have the provider asked about an operation at once; unknown ones are nobody's business."""
    await tx.execute(HASTEN_SQL, idop, now)


TO_LOOK_UP_SQL = """
select payment_id from payments where look_up_at <= $1 and idop is not null order by look_up_at limit $2
"""


async def to_look_up(queries: Queries, now: datetime, limit: int) -> list[UUID]:
    """Payments about which the provider is to be asked, the longest waiting first."""
    return [row["payment_id"] for row in await queries.fetch(TO_LOOK_UP_SQL, now, limit)]


GIVE_UP_CREATED_SQL = """
update payments set status = 'expired', cause = 'no_answer' where status = 'created' and started_at < $1
"""


async def give_up_created(tx: Transaction, started_before: datetime) -> None:
    """End attempts whose page was never opened because the process that asked for it died."""
    await tx.execute(GIVE_UP_CREATED_SQL, started_before)
