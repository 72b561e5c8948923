"""Locking places: whoever books, gives back, marks or cuts an enrollment holds the pools that this is about, in the order of their ids.
Whoever says that children will be somewhere, or came, takes their turn before: two places need have no pool in common."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import deadline
from chassis.data.database import Row, Transaction

from .domain import Places, SlotFacts, Stay, UnitFacts

BookingKey = tuple[date, UUID]
"""What names a booking: its day, and its id."""

SLOT_COLUMNS = """
s.id as slot_id, s.service_on, s.activity_id, s.site_code, s.pool_ids, s.closed_at is not null as is_closed, a.label as activity_label,
a.age_min, a.age_max, a.cutoff_days_before, a.cutoff_at, a.required_documents,
u.code as unit_code, u.label as unit_label, lower(u.span) as begins, upper(u.span) as ends, u.excludes
"""
"""What `slot_of` reads, of a slot `s`, its activity `a` and its unit `u`."""

STAY_COLUMNS = """
b.slot_id, b.household_id, b.is_booked, s.activity_id, s.site_code, a.label as activity_label,
u.code as unit_code, u.label as unit_label, lower(u.span) as begins, upper(u.span) as ends, u.excludes
"""
"""What `stay_of` reads, of a stay `b`, its slot `s`, activity `a` and unit `u`."""

# `offset 0` has each day looked up by itself: the index of one place would answer a join too, if read from end to end.
STAYS_ASKED = f"""
select asked.child_id, asked.service_on, {STAY_COLUMNS}
from asked
cross join lateral (
    select slot_id, household_id, true as is_booked from bookings
    where service_on = asked.service_on and child_id = asked.child_id and status in ('held', 'requested', 'confirmed')
    union all
    select slot_id, household_id, false from attendances
    where service_on = asked.service_on and child_id = asked.child_id and mark = 'unbooked'
    offset 0
) b
join slots s on s.id = b.slot_id
join activities a on a.id = s.activity_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
"""  # noqa: S608 - it is put together from constants alone
"""Where children are, of the rows `asked` (child_id, service_on)."""

SHEET_COLUMNS = """
exists (select from attendance_records r where r.service_on = b.service_on and r.booking_id = b.id) as is_recorded,
exists (select from attendances m where m.service_on = b.service_on and m.booking_id = b.id and m.mark = 'present') as is_present
"""
"""What the sheet of its day says of a booking `b`."""

# An advisory lock on each child, in one order, waited for before any pool is locked: the count is a condition of its own, which no row
# passes before it is known. What a slot takes its places from never changes, so it may be looked up before the locks.
LOCK_PLACES_SQL = """
select id, capacity, taken from pools where id = any(array(
    select unnest(s.lock_ids) from unnest($1::uuid[]) as asked(slot_id) join slots s on s.id = asked.slot_id
    union all
    select unnest(s.lock_ids)
    from unnest($2::date[], $3::uuid[]) as named(service_on, booking_id)
    join bookings b on b.service_on = named.service_on and b.id = named.booking_id
    join slots s on s.id = b.slot_id
)) and (
    select count(pg_advisory_xact_lock(turn)) from (
        select distinct hashtextextended('turn of ' || child_id, 0) as turn from unnest($4::uuid[]) as child_id order by turn
    ) turns
) >= 0
order by id for update
"""


async def lock_places(
    tx: Transaction, child_ids: Sequence[UUID], slot_ids: Sequence[UUID], bookings: Sequence[BookingKey] = ()
) -> dict[UUID, Places]:
    """Take the turn of children, then lock the pools of slots and of what is booked, in the order of their ids as every transaction
    does, and read their places. Where these children are is to be read by a later statement."""
    days, booking_ids = [day for day, _ in bookings], [booking_id for _, booking_id in bookings]
    rows = await tx.fetch(LOCK_PLACES_SQL, slot_ids, days, booking_ids, child_ids)
    return {row["id"]: Places(row["capacity"], row["taken"]) for row in rows}


LOCK_PLACES_OF_PLACEMENTS_SQL = """
select p.id, p.capacity, p.taken from pools p
where p.service_on >= $2 and exists (
    select from placements m where m.enrollment_id = any($1::uuid[]) and m.group_id = p.group_id and m.during @> p.service_on)
order by p.id for update of p
"""


async def lock_places_of_placements(
    tx: Transaction, enrollment_ids: Sequence[UUID], from_on: date
) -> dict[UUID, Places]:
    """Lock every pool from which enrolled children could have a place from a day on, so that none is taken meanwhile."""
    rows = await tx.fetch(LOCK_PLACES_OF_PLACEMENTS_SQL, enrollment_ids, from_on)
    return {row["id"]: Places(row["capacity"], row["taken"]) for row in rows}


STAYS_SQL = f"""
with asked as (select unnest($1::uuid[]) as child_id, $2::date as service_on)
select stay.* from ({STAYS_ASKED}) stay
where not exists (
    select from attendances m
    where m.service_on = $2 and m.slot_id = stay.slot_id and m.child_id = stay.child_id and m.mark like 'absent%'
)
"""  # noqa: S608 - it is put together from constants alone


async def stays_on(tx: Transaction, child_ids: Sequence[UUID], service_on: date) -> dict[UUID, list[Stay]]:
    """Where children are on a day, in any activity, for whoever sees them; not where they are booked and marked as absent."""
    stays: dict[UUID, list[Stay]] = {}
    for row in await tx.fetch(STAYS_SQL, child_ids, service_on):
        stays.setdefault(row["child_id"], []).append(stay_of(row))
    return stays


def slot_of(row: Row, zone: ZoneInfo) -> SlotFacts:
    """A slot of the columns of `SLOT_COLUMNS`."""
    return SlotFacts(
        slot_id=row["slot_id"],
        activity_id=row["activity_id"],
        site_code=row["site_code"],
        activity_label=row["activity_label"],
        unit=unit_of(row),
        service_on=row["service_on"],
        cutoff=deadline(row["service_on"], row["cutoff_days_before"], row["cutoff_at"], zone),
        age_min=row["age_min"],
        age_max=row["age_max"],
        pool_ids=tuple(row["pool_ids"]),
        is_closed=row["is_closed"],
        required_documents=tuple(row["required_documents"]),
    )


def stay_of(row: Row) -> Stay:
    """A stay of the columns of `STAY_COLUMNS`."""
    place = (row["slot_id"], row["household_id"], row["activity_id"], row["site_code"], row["activity_label"])
    return Stay(*place, unit_of(row), row["is_booked"])


def unit_of(row: Row) -> UnitFacts:
    return UnitFacts(row["unit_code"], row["unit_label"], row["begins"], row["ends"], frozenset(row["excludes"]))
