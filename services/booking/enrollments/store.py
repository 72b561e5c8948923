"""Storage of enrollments."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Row, Transaction
from contracts.types import EnrollmentStatus

ACTIVITY_FACTS_SQL = "select starts_on, ends_on, age_min, age_max from activities where id = $1"


async def activity_facts(tx: Transaction, activity_id: UUID) -> Row | None:
    """`starts_on`, `ends_on`, `age_min` and `age_max` of an activity, or None when there is no such activity."""
    return await tx.fetchrow(ACTIVITY_FACTS_SQL, activity_id)


HAS_LIVE_ENROLLMENT_SQL = """
select exists (
    select 1 from enrollments
    where child_id = $1 and activity_id = $2 and status in ('requested', 'validated')
)
"""


async def has_live_enrollment(tx: Transaction, child_id: UUID, activity_id: UUID) -> bool:
    """Whether the child has an enrollment in the activity that was asked for or validated."""
    return bool(await tx.fetchval(HAS_LIVE_ENROLLMENT_SQL, child_id, activity_id))


@dataclass(frozen=True, slots=True)
class NewEnrollment:
    """An enrollment that a family or an agent asks for."""

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    starts_on: date
    ends_on: date
    requested_by: UUID
    requested_at: datetime


INSERT_ENROLLMENT_SQL = """
insert into enrollments (id, household_id, child_id, activity_id, status, starts_on, ends_on, requested_by, requested_at)
values ($1, $2, $3, $4, 'requested', $5, $6, $7, $8)
on conflict (child_id, activity_id) where status in ('requested', 'validated') do nothing returning true
"""


async def insert_enrollment(tx: Transaction, enrollment: NewEnrollment) -> bool:
    """Store a new enrollment, awaiting its decision; False when a live one was stored in the meantime."""
    is_stored = await tx.fetchval(
        INSERT_ENROLLMENT_SQL,
        enrollment.enrollment_id,
        enrollment.household_id,
        enrollment.child_id,
        enrollment.activity_id,
        enrollment.starts_on,
        enrollment.ends_on,
        enrollment.requested_by,
        enrollment.requested_at,
    )
    return bool(is_stored)


LOCK_ENROLLMENT_SQL = """
select id, household_id, child_id, activity_id, status, starts_on, ends_on from enrollments where id = $1 for update
"""


async def lock_enrollment(tx: Transaction, enrollment_id: UUID) -> Row | None:
    """An enrollment to decide, or None when there is none."""
    return await tx.fetchrow(LOCK_ENROLLMENT_SQL, enrollment_id)


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """Who decided what, and when; `reason` says why it was refused."""

    status: EnrollmentStatus
    reason: str | None
    decided_by: UUID
    decided_at: datetime


DECIDE_ENROLLMENT_SQL = """
update enrollments set status = $2, reason = $3, decided_by = $4, decided_at = $5 where id = $1
"""


async def save_decision(tx: Transaction, enrollment_id: UUID, decision: DecisionTaken) -> None:
    await tx.execute(
        DECIDE_ENROLLMENT_SQL,
        enrollment_id,
        decision.status.value,
        decision.reason,
        decision.decided_by,
        decision.decided_at,
    )
