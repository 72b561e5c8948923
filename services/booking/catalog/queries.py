"""The catalogue of activities and the list of their days."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Row
from chassis.data.paging import page_of, read_id
from contracts.booking.models import Activity, Cutoff, Slot
from contracts.http import PAGE_SIZE_MAX, Page

ACTIVITIES_SQL = """
select id as activity_id, kind, label, site_label, tariff_code, age_min, age_max, starts_on, ends_on,
       cutoff_days_before, cutoff_at
from activities where $1::uuid is null or id > $1 order by id limit $2
"""


async def activities(queries: Queries, cursor: str | None) -> Page[Activity]:
    """The catalogue, oldest activity first."""
    rows = await queries.fetch(ACTIVITIES_SQL, read_id(cursor), PAGE_SIZE_MAX + 1)
    return page_of([_activity(row) for row in rows], lambda activity: (activity.activity_id,))


SLOTS_SQL = """
select s.id as slot_id, s.activity_id, a.label as activity_label, s.service_on, s.capacity, s.taken,
       s.closed_at is not null as is_closed
from slots s join activities a on a.id = s.activity_id
where ($1::uuid is null or s.activity_id = $1) and s.service_on between $2 and $3
  and ($4::uuid is null or (s.service_on, s.id) > (select service_on, id from slots where id = $4))
order by s.service_on, s.id limit $5
"""


async def slots(
    queries: Queries, activity_id: UUID | None, from_on: date, to_on: date, cursor: str | None
) -> Page[Slot]:
    """Days between two dates, both included, of one activity or of all."""
    rows = await queries.fetch(SLOTS_SQL, activity_id, from_on, to_on, read_id(cursor), PAGE_SIZE_MAX + 1)
    return page_of([Slot(**row) for row in rows], lambda slot: (slot.slot_id,))


SLOTS_ON_SQL = """
select s.id as slot_id, s.activity_id, a.label as activity_label, s.service_on, s.capacity, s.taken,
       s.closed_at is not null as is_closed
from slots s join activities a on a.id = s.activity_id
where s.activity_id = $1 and s.service_on = any($2::date[])
order by s.service_on
"""


async def slots_on(queries: Queries, activity_id: UUID, days: Sequence[date]) -> list[Slot]:
    """The open ones of these days of an activity, by date."""
    return [Slot(**row) for row in await queries.fetch(SLOTS_ON_SQL, activity_id, days)]


def _activity(row: Row) -> Activity:
    fields = dict(row)
    cutoff = Cutoff(days_before=fields.pop("cutoff_days_before"), at=fields.pop("cutoff_at"))
    return Activity(cutoff=cutoff, **fields)
