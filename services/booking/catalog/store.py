"""Storage of activities and slots."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.data.database import Row, Transaction
from chassis.identifiers import new_id
from contracts.booking.models import ActivityCreate

INSERT_ACTIVITY_SQL = """
insert into activities (id, kind, label, site_label, tariff_code, age_min, age_max, starts_on, ends_on,
                        cutoff_days_before, cutoff_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def insert_activity(tx: Transaction, activity_id: UUID, request: ActivityCreate) -> None:
    await tx.execute(
        INSERT_ACTIVITY_SQL,
        activity_id,
        request.kind.value,
        request.label,
        request.site_label,
        request.tariff_code,
        request.age_min,
        request.age_max,
        request.starts_on,
        request.ends_on,
        request.cutoff.days_before,
        request.cutoff.at,
    )


ACTIVITY_PERIOD_SQL = "select starts_on, ends_on from activities where id = $1 for no key update"


async def lock_activity(tx: Transaction, activity_id: UUID) -> Row | None:
    """`starts_on` and `ends_on` of an activity, locked against another opening of its days; None if there is none."""
    return await tx.fetchrow(ACTIVITY_PERIOD_SQL, activity_id)


LOCK_DAYS_SQL = """
select service_on, taken from slots where activity_id = $1 and service_on = any($2::date[]) order by id for update
"""


async def lock_days(tx: Transaction, activity_id: UUID, days: Sequence[date]) -> dict[date, int]:
    """Lock those of the days that are open already; the places taken on each."""
    return {row["service_on"]: row["taken"] for row in await tx.fetch(LOCK_DAYS_SQL, activity_id, days)}


OPEN_DAYS_SQL = """
insert into slots (id, activity_id, service_on, capacity)
select d.id, $1, d.service_on, $4 from unnest($2::uuid[], $3::date[]) as d(id, service_on)
on conflict (activity_id, service_on) do update set capacity = excluded.capacity
"""


async def open_days(tx: Transaction, activity_id: UUID, days: Sequence[date], capacity: int) -> None:
    """Open days, or change the places of those that are open."""
    await tx.execute(OPEN_DAYS_SQL, activity_id, [new_id() for _ in days], days, capacity)
