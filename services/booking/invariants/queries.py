"""What always holds of places and bookings."""

from typing import Final

from chassis.invariants import Checking, Invariant, changes_are_told
from contracts.booking import api

OVERSOLD_SQL = """
select 'pool ' || p.id as key
from pools p left join (
    select pool_id, count(*) as count
    from bookings b join slots s on s.id = b.slot_id cross join unnest(s.pool_ids) pool_id
    where b.status in ('held', 'requested', 'confirmed') group by pool_id
) booked on booked.pool_id = p.id
where coalesce(booked.count, 0) <> p.taken or p.taken > p.capacity
union all
select 'child ' || b.child_id || ' on ' || b.service_on
from bookings b join bookings other using (service_on, child_id)
where b.id < other.id and b.span && other.span
  and b.status in ('held', 'requested', 'confirmed') and other.status in ('held', 'requested', 'confirmed')
"""

CHANGES_SQL = """
select 'booking.activities' as topic, id::text as key, 1 as count from activities
union all
select 'booking.enrollments', household_id::text, count(*) + count(decided_at) from enrollments group by household_id
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
