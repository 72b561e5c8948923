"""Storage of what is decided of many requests: what they are, how full the days are, and that they wait again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from contracts.types import EnrollmentStatus

from ..access import ENROLLMENT
from .domain import Taken

LOOKED_AHEAD: Final = timedelta(days=60)
"""How far ahead days are looked at for places."""

CHOSEN_SQL = reaching(
    """
select e.id as enrollment_id, e.household_id, e.status, e.decided_by, a.label, coalesce(h.reference, '') as reference,
       coalesce(c.first_name || ' ' || c.last_name, '') as name, fullest.service_on, fullest.taken, fullest.capacity
from enrollments e
join activities a on a.id = e.activity_id
left join households h on h.household_id = e.household_id
left join child_records c on c.child_id = e.child_id
left join lateral (
    select o.service_on, o.taken, o.capacity from placements p join pools o on o.group_id = p.group_id and o.service_on <@ p.during
    where p.enrollment_id = e.id and o.service_on between $3::date and $5::date
    order by o.capacity - o.taken, o.service_on limit 1) fullest on true
where e.id = any($4::uuid[]) and {is_reached} order by e.id
""",
    is_reached=ENROLLMENT.of("e.id"),
)


async def load_chosen(db: Database | Transaction, actor: Actor, enrollment_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Those of these enrollments that an actor reaches, with the fullest of their coming days."""
    today = await db.today()
    rows = await db.fetch(CHOSEN_SQL, *reach_of(actor, today), enrollment_ids, today + LOOKED_AHEAD)
    return {row["enrollment_id"]: row for row in rows}


TAKEN_SQL = """
select e.id, e.status, e.decided_by, e.decided_at, exists (
    select from bookings b
    where b.household_id = e.household_id and b.child_id = e.child_id and b.activity_id = e.activity_id and b.service_on <@ e.days
      and b.confirmed_at >= e.decided_at) as is_booked, exists (
    select from enrollments later
    where later.child_id = e.child_id and later.activity_id = e.activity_id and later.household_id = e.household_id and later.id <> e.id
      and later.status in ('requested', 'validated') and later.days && e.days) as is_asked_again
from enrollments e where e.id = any($1::uuid[])
"""


async def load_taken(tx: Transaction, enrollment_ids: Sequence[UUID]) -> dict[UUID, Taken]:
    """What stands decided of enrollments that are held with their places."""
    rows = await tx.fetch(TAKEN_SQL, enrollment_ids)
    return {
        row["id"]: Taken(
            EnrollmentStatus(row["status"]),
            row["decided_by"],
            row["decided_at"],
            row["is_booked"],
            row["is_asked_again"],
        )
        for row in rows
    }


REOPEN_SQL = """
update enrollments set status = 'requested', reason = null, decided_by = null, decided_at = null where id = any($1::uuid[])
"""


async def reopen(tx: Transaction, enrollment_ids: Sequence[UUID]) -> None:
    """Have enrollments await a decision again."""
    await tx.execute(REOPEN_SQL, enrollment_ids)
