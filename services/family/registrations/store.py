"""Storage of requests for a space, and of how many came from where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Database, Row, Transaction
from chassis.data.history import forget_changes
from chassis.data.sealed_values import seal_value, unseal_value
from chassis.housekeeping import remove_in_batches
from contracts.family.events import RegistrationStatus

from .domain import parted

LOCK_LEVEL_SQL = """
insert into registration_levels as l (subject, empty_at) values ($1, $2)
on conflict (subject) do update set subject = excluded.subject returning l.empty_at
"""


async def lock_level(tx: Transaction, subject: str, now: datetime) -> datetime:
    """When the bucket of a subject is empty, locked until the end of the transaction."""
    empty_at: datetime = await tx.fetchval(LOCK_LEVEL_SQL, subject, now)
    return empty_at


SAVE_LEVEL_SQL = "update registration_levels set empty_at = $2 where subject = $1"


async def save_level(tx: Transaction, subject: str, empty_at: datetime) -> None:
    """Write the level of a subject that is locked."""
    await tx.execute(SAVE_LEVEL_SQL, subject, empty_at)


ADD_REGISTRATION_SQL = """
insert into registrations (registration_id, status, request, request_hash, requested_at, sealed) values ($1, 'waiting', $2, $3, $4, $5)
on conflict (request_hash) where status = 'waiting' do nothing returning registration_id
"""
PLACE: Final = b"registration"
"""What the sealed part of a request is bound to, beside its key."""


async def add_registration(
    tx: Transaction, registration_id: UUID, request: dict[str, Any], request_hash: bytes, now: datetime
) -> None:
    """Keep a request, unless the same one waits already; an address that is secret is sealed with a key of the request's own."""
    readable, secret = parted(request)
    sealed = await seal_value(tx, registration_id, PLACE, secret) if secret else None
    if await tx.fetchval(ADD_REGISTRATION_SQL, registration_id, readable, request_hash, now, sealed) is None:
        await forget_changes(tx, [registration_id])


TAKE_UNANSWERED_SQL = """
select registration_id, request from registrations where answered_at is null
order by registration_id limit 1 for update skip locked
"""

IS_INVITED_SQL = "select exists (select from adults where is_invited and email_key = $1)"

SAVE_ANSWER_SQL = "update registrations set answered_at = $2 where registration_id = $1"

REMOVE_REGISTRATION_SQL = "delete from registrations where registration_id = $1"


async def take_unanswered(tx: Transaction) -> Row | None:
    """The oldest request that nobody was told of yet, locked."""
    return await tx.fetchrow(TAKE_UNANSWERED_SQL)


async def is_invited(tx: Transaction, email_key: str) -> bool:
    """Whether a file has an adult who is invited at this address, as it is compared."""
    return bool(await tx.fetchval(IS_INVITED_SQL, email_key))


async def save_answer(tx: Transaction, registration_id: UUID, now: datetime) -> None:
    """From now on the request waits for an agent."""
    await tx.execute(SAVE_ANSWER_SQL, registration_id, now)


async def remove_registration(tx: Transaction, registration_id: UUID) -> None:
    """Forget a request that needs no agent."""
    await tx.execute(REMOVE_REGISTRATION_SQL, registration_id)
    await forget_changes(tx, [registration_id])


LOCK_REGISTRATION_SQL = """
select status, request, sealed from registrations where registration_id = $1 and answered_at is not null for update
"""


async def lock_registration(tx: Transaction, registration_id: UUID) -> tuple[RegistrationStatus, dict[str, Any]] | None:
    """How far a request has come and what it asks, locked; None when there is none."""
    row = await tx.fetchrow(LOCK_REGISTRATION_SQL, registration_id)
    if row is None:
        return None
    secret = await unseal_value(tx, registration_id, PLACE, row["sealed"]) or {}
    return RegistrationStatus(row["status"]), row["request"] | secret


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """What an agent decided, and the file that was opened by it."""

    status: RegistrationStatus
    reason: str | None
    household_id: UUID | None
    decided_by: UUID
    decided_at: datetime


SAVE_DECISION_SQL = """
update registrations set status = $2, reason = $3, household_id = $4, decided_by = $5, decided_at = $6, sealed = null,
    request_hash = case when sealed is null then request_hash else '' end
where registration_id = $1
"""


async def save_decision(tx: Transaction, registration_id: UUID, decision: DecisionTaken) -> None:
    """Write what was decided about a request that is locked, of which nothing that is secret is kept."""
    await tx.execute(
        SAVE_DECISION_SQL,
        registration_id,
        decision.status,
        decision.reason,
        decision.household_id,
        decision.decided_by,
        decision.decided_at,
    )
    await forget_changes(tx, [registration_id])


PURGE_WAITING_SQL = """
with gone as (
    delete from registrations where registration_id in (
        select registration_id from registrations where decided_at is null and requested_at <= $1
        order by requested_at limit $2 for update skip locked)
    returning registration_id
), keys as (
    delete from history_keys where owner in (select registration_id::text from gone)
)
select from gone
"""

PURGE_DECIDED_SQL = """
delete from registrations where registration_id in (
    select registration_id from registrations where decided_at <= $1 order by decided_at limit $2 for update skip locked)
"""

PURGE_LEVELS_SQL = """
delete from registration_levels where subject in (
    select subject from registration_levels where empty_at <= $1 order by empty_at limit $2 for update skip locked)
"""


async def remove_old(db: Database, requested_by: datetime, decided_by: datetime, now: datetime) -> None:
    """Remove requests that waited or were decided too long ago, and counts that no longer count."""
    await remove_in_batches(db, PURGE_WAITING_SQL, requested_by)
    await remove_in_batches(db, PURGE_DECIDED_SQL, decided_by)
    await remove_in_batches(db, PURGE_LEVELS_SQL, now)
