"""What always holds of places and bookings."""

from typing import Final

from chassis.invariants import Checking, Invariant, changes_are_told
from contracts.booking import api

# Days of more than a year ago were looked at every night while anything could still change them.
# A child who came unbooked is in no constraint of the database: its turn (`places.store.lock_places`) keeps it in one place, and this is the net.
OVERSOLD_SQL = """
select 'pool ' || p.id as key
from pools p left join (
    select pool_id, count(*) as count
    from bookings b join slots s on s.id = b.slot_id cross join unnest(s.pool_ids) pool_id
    where b.service_on >= current_date - 400 and b.status in ('held', 'requested', 'confirmed') group by pool_id
) booked on booked.pool_id = p.id
where p.service_on >= current_date - 400 and (coalesce(booked.count, 0) <> p.taken or p.taken > p.capacity)
union all
select 'child ' || b.child_id || ' on ' || b.service_on
from bookings b join bookings other using (service_on, child_id)
where b.service_on >= current_date - 400 and b.id < other.id and b.span && other.span
  and b.status in ('held', 'requested', 'confirmed') and other.status in ('held', 'requested', 'confirmed')
union
select 'child ' || m.child_id || ' on ' || m.service_on
from attendances m
join slots s on s.id = m.slot_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
join lateral (
    select b.slot_id, b.span from bookings b
    where b.service_on = m.service_on and b.child_id = m.child_id and b.status in ('held', 'requested', 'confirmed')
      and not exists (
          select from attendances a
          where a.service_on = b.service_on and a.slot_id = b.slot_id and a.child_id = b.child_id and a.mark like 'absent%')
    union all
    select o.slot_id, there.span
    from attendances o
    join slots os on os.id = o.slot_id
    join units there on there.activity_id = os.activity_id and there.code = os.unit_code
    where o.service_on = m.service_on and o.child_id = m.child_id and o.mark = 'unbooked'
) elsewhere on elsewhere.slot_id <> m.slot_id and elsewhere.span && u.span
where m.service_on >= current_date - 400 and m.mark = 'unbooked'
"""

CHANGES_SQL = """
select 'booking.activities' as topic, id::text as key, 1 as count from activities
union all
select 'booking.enrollments', household_id::text, count(*) + count(decided_at) + count(ended_at) from enrollments group by household_id
union all
select 'booking.bookings', household_id::text, sum(count) from (
    select household_id, count(*) + count(distinct basket_id) + count(*) filter (where status = 'cancelled') as count
    from bookings group by household_id
    union all
    select household_id, count(*) from attendance_records group by household_id
) told group by household_id
"""

CHECKING: Final = Checking(
    api.booking_invariants,
    api.check_booking_invariants,
    (
        Invariant(
            "I1",
            "The live bookings of a pool fit its capacity, its counter is their number, and no child is in two places at a time.",
            OVERSOLD_SQL,
        ),
        changes_are_told(CHANGES_SQL, lasting=("booking.activities", "booking.enrollments", "booking.bookings")),
    ),
)
