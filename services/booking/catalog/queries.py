"""The catalogue of activities and the list of their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries
from chassis.data.paging import page_of, read_cursor, read_id, text_key
from chassis.refusal import NotFound
from contracts.booking.catalog import Activity, Cutoff, Site, Slot
from contracts.http import PAGE_SIZE_MAX, Page

from ..access import AT_SITE

SITES_SQL = reaching(
    """
select s.code, s.label from sites s where ($4::text is null or s.code > $4) and {is_reached} order by s.code limit $5
""",
    is_reached=AT_SITE.of("s.code"),
)


async def sites(db: Database, actor: Actor, cursor: str | None) -> Page[Site]:
    """The places where children are received, by code: an agent's own."""
    after = read_cursor(cursor, text_key)[0] if cursor else None
    rows = await db.fetch(SITES_SQL, *reach_of(actor, await db.today()), after, PAGE_SIZE_MAX + 1)
    return page_of([Site(**row) for row in rows], lambda site: (site.code,))


EVERY_ACTIVITY_SQL = """
select a.id as activity_id, a.kind, a.label, a.tariff_code, a.age_min, a.age_max, a.starts_on, a.ends_on,
       a.cutoff_days_before, a.cutoff_at, a.required_documents,
       (
           select jsonb_agg(jsonb_build_object('code', s.code, 'label', s.label) order by s.code)
           from groups g join sites s on s.code = g.site_code where g.activity_id = a.id and g.is_default
       ) as sites,
       (
           select jsonb_agg(
               jsonb_build_object('group_id', id, 'site_code', site_code, 'code', code, 'label', label, 'is_default', is_default)
               order by site_code, is_default desc, code
           ) from groups where activity_id = a.id
       ) as groups,
       (
           select jsonb_agg(
               jsonb_build_object('code', code, 'label', label, 'starts_at', starts_at, 'ends_at', ends_at,
                                  'implies', implies, 'excludes', excludes)
               order by cardinality(parts), starts_at, code
           ) from units where activity_id = a.id
       ) as units
from activities a
"""

ACTIVITY_SQL = f"{EVERY_ACTIVITY_SQL} where a.id = $1"

ACTIVITIES_SQL = f"{EVERY_ACTIVITY_SQL} where $1::uuid is null or a.id > $1 order by a.id limit $2"


async def activity(queries: Queries, activity_id: UUID) -> Activity:
    row = await queries.fetchrow(ACTIVITY_SQL, activity_id)
    if row is None:
        raise NotFound
    return activity_of(dict(row))


async def activities(queries: Queries, cursor: str | None) -> Page[Activity]:
    """The catalogue, oldest activity first."""
    rows = await queries.fetch(ACTIVITIES_SQL, read_id(cursor), PAGE_SIZE_MAX + 1)
    return page_of([activity_of(dict(row)) for row in rows], lambda activity: (activity.activity_id,))


ACTIVITIES_AT_SQL = f"""{EVERY_ACTIVITY_SQL}
where exists (select from groups where activity_id = a.id and site_code = $1) order by a.id
"""


async def activities_at(queries: Queries, site_code: str) -> list[Activity]:
    """Every activity that is held at a site."""
    return [activity_of(dict(row)) for row in await queries.fetch(ACTIVITIES_AT_SQL, site_code)]


def activity_of(fields: dict[str, Any]) -> Activity:
    """An activity of the columns of `EVERY_ACTIVITY_SQL`."""
    cutoff = Cutoff(days_before=fields.pop("cutoff_days_before"), at=fields.pop("cutoff_at"))
    return Activity(cutoff=cutoff, **fields)


UNIT_LABEL = "case when (select count(*) from units where activity_id = u.activity_id) > 1 then u.label end"
"""The label of a unit `u`, where its activity has several."""

GROUP_LABEL = "case when (select count(*) from groups where activity_id = g.activity_id) > 1 then g.label end"
"""The label of a group `g`, where its activity has several."""

EVERY_SLOT_SQL = f"""
select s.id as slot_id, s.activity_id, a.label as activity_label, s.site_code, i.label as site_label, s.group_id,
       {GROUP_LABEL} as group_label, s.unit_code, {UNIT_LABEL} as unit_label, s.service_on,
       p.capacity, p.taken, s.closed_at is not null as is_closed
from slots s
join activities a on a.id = s.activity_id
join sites i on i.code = s.site_code
join groups g on g.id = s.group_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
cross join lateral (
    select capacity, taken from pools where id = any(s.pool_ids) order by capacity - taken, id limit 1
) p
"""  # noqa: S608 - it is put together from constants alone

SLOTS_SQL = reaching(
    """{every_slot}
where ($4::uuid is null or s.activity_id = $4) and s.service_on between $5 and $6
  and ($7::date is null or (s.service_on, s.id) > ($7, $8::uuid)) and {is_reached}
order by s.service_on, s.id limit $9
""",
    every_slot=EVERY_SLOT_SQL,
    is_reached=AT_SITE.of("s.site_code"),
)


@dataclass(frozen=True, slots=True)
class SlotFilter:
    """Which days to list: those between two dates, both included, of one activity or of all, after the slot `cursor`."""

    activity_id: UUID | None
    from_on: date
    to_on: date
    cursor: str | None


async def slots(db: Database, actor: Actor, wanted: SlotFilter) -> Page[Slot]:
    """The days of activities at the sites that the actor reaches, by date."""
    after = read_cursor(wanted.cursor, date.fromisoformat, UUID) if wanted.cursor else (None, None)
    period = (wanted.activity_id, wanted.from_on, wanted.to_on)
    rows = await db.fetch(SLOTS_SQL, *reach_of(actor, await db.today()), *period, *after, PAGE_SIZE_MAX + 1)
    return page_of([Slot(**row) for row in rows], lambda slot: (slot.service_on, slot.slot_id))


SLOTS_ON_SQL = f"""{EVERY_SLOT_SQL}
where s.group_id = any($1::uuid[]) and s.service_on = any($2::date[]) order by s.service_on, s.id
"""


async def slots_on(queries: Queries, group_ids: Sequence[UUID], days: Sequence[date]) -> list[Slot]:
    """What is open for these groups on these days, by date."""
    return [Slot(**row) for row in await queries.fetch(SLOTS_ON_SQL, group_ids, days)]


SLOT_SQL = f"{EVERY_SLOT_SQL} where s.id = $1"


async def slot(queries: Queries, slot_id: UUID) -> Slot:
    row = await queries.fetchrow(SLOT_SQL, slot_id)
    if row is None:
        raise NotFound
    return Slot(**row)
