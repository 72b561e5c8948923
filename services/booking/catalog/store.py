"""Storage of sites, activities with their groups and units, and the places and slots of their days."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Transaction
from chassis.days import DateRange
from contracts.booking.catalog import ActivityCreate, Group, Site

from ..access import AT_SITE
from .domain import ActivityPlaces

SAVE_SITE_SQL = """
insert into sites (code, label) values ($1, $2)
on conflict (code) do update set label = excluded.label where sites.label <> excluded.label returning true
"""

NAME_DEFAULT_GROUPS_SQL = "update groups set label = $2 where site_code = $1 and is_default"


async def save_site(tx: Transaction, site: Site) -> bool:
    """Name a site, or name it otherwise, and with it the groups that bear its name; False when it is called so already."""
    if not await tx.fetchval(SAVE_SITE_SQL, site.code, site.label):
        return False
    await tx.execute(NAME_DEFAULT_GROUPS_SQL, site.code, site.label)
    return True


SITES_OF_SQL = "select code, label from sites where code = any($1::text[]) order by code for share"


async def site_labels(tx: Transaction, codes: Sequence[str]) -> dict[str, str]:
    """The labels of those of these sites that there are, and that stay theirs until an activity there is published."""
    return {row["code"]: row["label"] for row in await tx.fetch(SITES_OF_SQL, codes)}


INSERT_ACTIVITY_SQL = """
insert into activities (id, kind, label, tariff_code, age_min, age_max, starts_on, ends_on, cutoff_days_before, cutoff_at, required_documents)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def insert_activity(tx: Transaction, activity_id: UUID, request: ActivityCreate) -> None:
    await tx.execute(
        INSERT_ACTIVITY_SQL,
        activity_id,
        request.kind.value,
        request.label,
        request.tariff_code,
        request.age_min,
        request.age_max,
        request.starts_on,
        request.ends_on,
        request.cutoff.days_before,
        request.cutoff.at,
        request.required_documents,
    )


INSERT_GROUPS_SQL = """
insert into groups (id, activity_id, site_code, code, label, is_default)
select id, $1, site_code, code, label, is_default
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(id, site_code, code, label, is_default)
"""


async def insert_groups(tx: Transaction, activity_id: UUID, groups: Sequence[Group]) -> None:
    await tx.execute(
        INSERT_GROUPS_SQL,
        activity_id,
        [group.group_id for group in groups],
        [group.site_code for group in groups],
        [group.code for group in groups],
        [group.label for group in groups],
        [group.is_default for group in groups],
    )


# Lists of different lengths do not fit an array of arrays, so each travels as text.
INSERT_UNITS_SQL = """
insert into units (activity_id, code, label, starts_at, ends_at, implies, excludes)
select $1, code, label, starts_at, ends_at, string_to_array(implies, ' '), string_to_array(excludes, ' ')
from unnest($2::text[], $3::text[], $4::time[], $5::time[], $6::text[], $7::text[])
    as u(code, label, starts_at, ends_at, implies, excludes)
"""


async def insert_units(
    tx: Transaction, activity_id: UUID, request: ActivityCreate, excludes: Mapping[str, Sequence[str]]
) -> None:
    """Store the units of a new activity, with what each excludes."""
    await tx.execute(
        INSERT_UNITS_SQL,
        activity_id,
        [unit.code for unit in request.units],
        [unit.label for unit in request.units],
        [unit.starts_at for unit in request.units],
        [unit.ends_at for unit in request.units],
        [" ".join(unit.implies) for unit in request.units],
        [" ".join(excludes[unit.code]) for unit in request.units],
    )


LOCK_ACTIVITY_SQL = "select starts_on, ends_on from activities where id = $1 for no key update"

PLACES_OF_ACTIVITY_SQL = reaching(
    """
select array(select g.id from groups g where g.activity_id = $4 and {is_reached} order by g.id) as group_ids,
       array(select code from units where activity_id = $4 and cardinality(implies) = 0 order by code) as parts
""",
    is_reached=AT_SITE.of("g.site_code"),
)


async def lock_activity(tx: Transaction, actor: Actor, activity_id: UUID) -> ActivityPlaces | None:
    """What the actor can open an activity in, locked against another opening of its days; None if there is nothing."""
    activity = await tx.fetchrow(LOCK_ACTIVITY_SQL, activity_id)
    places = await tx.fetchrow(PLACES_OF_ACTIVITY_SQL, *reach_of(actor, await tx.today()), activity_id)
    if activity is None or places is None or not places["group_ids"]:
        return None
    dates = DateRange(activity["starts_on"], activity["ends_on"])
    return ActivityPlaces(dates, tuple(places["group_ids"]), tuple(places["parts"]))


OPEN_SCHOOL_YEARS_SQL = "select open_school_year(year) from unnest($1::integer[]) as year order by year"


async def open_school_years(tx: Transaction, years: Collection[int]) -> None:
    """Make the partitions of bookings of these school years, unless they are there."""
    await tx.execute(OPEN_SCHOOL_YEARS_SQL, sorted(years))


LOCK_POOLS_OF_DAYS_SQL = """
select service_on, taken from pools
where group_id = any($1::uuid[]) and service_on = any($2::date[]) and part = any($3::text[]) order by id for update
"""


async def lock_pools(
    tx: Transaction, group_ids: Sequence[UUID], days: Sequence[date], parts: Sequence[str]
) -> dict[date, int]:
    """Lock the pools of some days that are open already; the most that is taken in one of each day."""
    taken: dict[date, int] = {}
    for row in await tx.fetch(LOCK_POOLS_OF_DAYS_SQL, group_ids, days, parts):
        taken[row["service_on"]] = max(row["taken"], taken.get(row["service_on"], 0))
    return taken


OPEN_POOLS_SQL = """
insert into pools (id, group_id, service_on, part, capacity)
select uuidv7(), group_id, service_on, part, $4
from unnest($1::uuid[]) as g(group_id), unnest($2::date[]) as d(service_on), unnest($3::text[]) as u(part)
order by service_on, group_id, part
on conflict (group_id, service_on, part) do update set capacity = excluded.capacity
"""

OPEN_SLOTS_SQL = """
insert into slots (id, activity_id, site_code, group_id, unit_code, service_on, pool_ids, lock_ids)
select uuidv7(), g.activity_id, g.site_code, g.id, u.code, day.service_on, p.pool_ids, p.lock_ids
from groups g
join units u on u.activity_id = g.activity_id
cross join unnest($2::date[]) as day(service_on)
cross join lateral (
    select array_agg(id) filter (where part = any(u.parts)) as pool_ids, array_agg(id) as lock_ids from pools
    where group_id = g.id and service_on = day.service_on and part in (
        select unnest(parts) from units where activity_id = u.activity_id and code = any(u.code || u.excludes)
    )
) p
where g.id = any($1::uuid[]) and cardinality(p.pool_ids) = cardinality(u.parts)
order by day.service_on, g.id, cardinality(u.parts), u.starts_at, u.code
on conflict (group_id, service_on, unit_code) do nothing
"""


async def open_days(
    tx: Transaction, group_ids: Sequence[UUID], days: Sequence[date], parts: Sequence[str], capacity: int
) -> None:
    """Give the pools of some days their places, and open every unit that has a pool for each of its parts."""
    await tx.execute(OPEN_POOLS_SQL, group_ids, days, parts, capacity)
    await tx.execute(OPEN_SLOTS_SQL, group_ids, days)
