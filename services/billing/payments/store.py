"""Storage of payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.refusal import NotFound
from contracts.types import PaymentStatus

from .domain import Attempt


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """A payment's row: whose it is, the provider's operation id once it has one, and the attempt itself."""

    payment_id: UUID
    invoice_id: UUID
    payer_id: UUID
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
    return StoredPayment(
        row["payment_id"], row["invoice_id"], row["payer_id"], row["household_id"], row["idop"], attempt
    )


def _found(row: Row | None) -> StoredPayment:
    if row is None:
        raise NotFound
    return _payment_of(row)


ATTEMPTS_SQL = "select * from payments where invoice_id = $1 order by started_at"


async def attempts(queries: Queries, invoice_id: UUID) -> list[Attempt]:
    """Every attempt to pay an invoice, oldest first."""
    return [_payment_of(row).attempt for row in await queries.fetch(ATTEMPTS_SQL, invoice_id)]


ADD_PAYMENT_SQL = """
insert into payments (payment_id, invoice_id, payer_id, household_id, status, amount_cents, numcli, exer, refdet, saisie,
    started_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def add(tx: Transaction, payment: StoredPayment, exer: str) -> None:
    """Store a new attempt; `exer` is the year of the debt."""
    attempt = payment.attempt
    await tx.execute(
        ADD_PAYMENT_SQL,
        payment.payment_id,
        payment.invoice_id,
        payment.payer_id,
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


async def payment(queries: Queries, payment_id: UUID) -> StoredPayment:
    """A payment as it is now. Raises NotFound."""
    return _found(await queries.fetchrow(PAYMENT_SQL, payment_id))


PAYMENT_OF_OPERATION_SQL = "select * from payments where idop = $1"


async def payment_of_operation(queries: Queries, idop: str) -> StoredPayment:
    """The payment of one of the provider's operations. Raises NotFound."""
    return _found(await queries.fetchrow(PAYMENT_OF_OPERATION_SQL, idop))


LOCK_PAYMENT_SQL = "select * from payments where payment_id = $1 for update"


async def lock(tx: Transaction, payment_id: UUID) -> StoredPayment:
    """A payment, locked; its invoice was locked before."""
    (row,) = await tx.fetch(LOCK_PAYMENT_SQL, payment_id)
    return _payment_of(row)


REDIRECT_SQL = """
update payments set idop = $2, status = 'redirected', redirected_at = $3, look_up_at = $4
where payment_id = $1 and status in ('created', 'expired') and idop is null
"""


async def redirect(tx: Transaction, payment_id: UUID, idop: str, at: datetime, look_up_at: datetime | None) -> None:
    """The provider opened its page for a payment."""
    await tx.execute(REDIRECT_SQL, payment_id, idop, at, look_up_at)


CAUSE_SQL = "select cause from payments where payment_id = $1"


async def cause(queries: Queries, payment_id: UUID) -> str | None:
    """Why no page was opened for a payment, when that is so."""
    stored: str | None = await queries.fetchval(CAUSE_SQL, payment_id)
    return stored


FAIL_SQL = "update payments set status = 'expired', cause = $2 where payment_id = $1 and status = 'created'"


async def fail(tx: Transaction, payment_id: UUID, cause: str) -> None:
    """No page was opened for this payment, so nobody can pay with it."""
    await tx.execute(FAIL_SQL, payment_id, cause)
