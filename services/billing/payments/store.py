"""Rows of payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Queries, Row, Transaction
from contracts.types import PaymentMeans, PaymentStatus

from .domain import Attempt, PaymentAnomaly, Verdict


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """A payment's row: whose it is, the provider's operation id once it has one, and the attempt itself."""

    payment_id: UUID
    invoice_id: UUID
    household_id: UUID
    idop: str | None
    attempt: Attempt


def _payment_of(row: Row) -> StoredPayment:
    attempt = Attempt(
        status=PaymentStatus(row["status"]),
        amount_cents=row["amount_cents"],
        numcli=row["numcli"],
        refdet=row["refdet"],
        saisie=row["saisie"],
        started_at=row["started_at"],
        redirected_at=row["redirected_at"],
        abandoned_at=row["abandoned_at"],
    )
    return StoredPayment(row["payment_id"], row["invoice_id"], row["household_id"], row["idop"], attempt)


ATTEMPTS_SQL = "select * from payments where invoice_id = $1 order by started_at"


async def attempts(queries: Queries, invoice_id: UUID) -> list[Attempt]:
    """Every attempt to pay an invoice, oldest first."""
    return [_payment_of(row).attempt for row in await queries.fetch(ATTEMPTS_SQL, invoice_id)]


ADD_PAYMENT_SQL = """
insert into payments (payment_id, invoice_id, household_id, status, amount_cents, numcli, exer, refdet, saisie,
    started_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def add(tx: Transaction, payment: StoredPayment, exer: str) -> None:
    """Store a new attempt; `exer` is the year of the debt."""
    attempt = payment.attempt
    await tx.execute(
        ADD_PAYMENT_SQL,
        payment.payment_id,
        payment.invoice_id,
        payment.household_id,
        attempt.status.value,
        attempt.amount_cents,
        attempt.numcli,
        exer,
        attempt.refdet,
        attempt.saisie,
        attempt.started_at,
    )


PAYMENT_SQL = "select * from payments where payment_id = $1"


async def payment(queries: Queries, payment_id: UUID) -> StoredPayment | None:
    """A payment as it is now."""
    row = await queries.fetchrow(PAYMENT_SQL, payment_id)
    return _payment_of(row) if row else None


PAYMENT_OF_OPERATION_SQL = "select * from payments where idop = $1"


async def payment_of_operation(queries: Queries, idop: str) -> StoredPayment | None:
    """The payment of one of the provider's operations."""
    row = await queries.fetchrow(PAYMENT_OF_OPERATION_SQL, idop)
    return _payment_of(row) if row else None


LOCK_PAYMENT_SQL = "select * from payments where payment_id = $1 for update"


async def lock(tx: Transaction, payment_id: UUID) -> StoredPayment:
    """A payment, locked; its invoice was locked before."""
    row = await tx.fetchrow(LOCK_PAYMENT_SQL, payment_id)
    assert row is not None
    return _payment_of(row)


REDIRECT_SQL = """
update payments set idop = $2, status = 'redirected', redirected_at = $3, look_up_at = $4
where payment_id = $1 and status in ('created', 'expired') and idop is null
"""


async def redirect(tx: Transaction, payment_id: UUID, idop: str, at: datetime, look_up_at: datetime | None) -> None:
    """The provider opened its page for a payment."""
    await tx.execute(REDIRECT_SQL, payment_id, idop, at, look_up_at)


FAIL_SQL = "update payments set status = 'expired', cause = $2 where payment_id = $1 and status = 'created'"


async def fail(tx: Transaction, payment_id: UUID, cause: str) -> None:
    """No page was opened for this payment, so nobody can pay with it."""
    await tx.execute(FAIL_SQL, payment_id, cause)


SAVE_VERDICT_SQL = """
update payments set status = $2, look_up_at = $3, abandoned_at = $4, means = $5, reference = $6, receipt_number = $7,
    paid_at = $8
where payment_id = $1
"""


async def save_verdict(tx: Transaction, payment_id: UUID, verdict: Verdict) -> None:
    """Write what a look-up made of a locked payment that is not paid."""
    await tx.execute(
        SAVE_VERDICT_SQL,
        payment_id,
        verdict.status.value,
        verdict.look_up_at,
        verdict.abandoned_at,
        None,
        None,
        None,
        None,
    )


async def save_paid(
    tx: Transaction, payment_id: UUID, verdict: Verdict, receipt_number: str, paid_at: datetime
) -> None:
    """Write the receipt of a locked payment."""
    means: PaymentMeans | None = verdict.means
    await tx.execute(
        SAVE_VERDICT_SQL,
        payment_id,
        PaymentStatus.PAID.value,
        None,
        verdict.abandoned_at,
        means.value if means else None,
        verdict.reference,
        receipt_number,
        paid_at,
    )


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
