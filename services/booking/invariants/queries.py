"""What always holds of places and bookings."""

from typing import Final

from chassis.invariants import Checking, Invariant, changes_are_told
from contracts.booking import api

OVERSOLD_SQL = """
select 'slot ' || s.id as key
from slots s left join bookings b on b.slot_id = s.id and b.status = 'confirmed'
group by s.id having count(b.id) > s.capacity or count(b.id) <> s.taken
union all
select 'slot ' || slot_id || ' child ' || child_id
from bookings where status = 'confirmed' group by slot_id, child_id having count(*) > 1
"""

CHANGES_SQL = """
select 'booking.activities' as topic, id::text as key, 1 as count from activities
union all
select 'booking.enrollments', household_id::text, count(*) + count(decided_at) from enrollments group by household_id
union all
select 'booking.bookings', household_id::text,
       count(*) + count(distinct basket_id) + count(*) filter (where status = 'cancelled') + count(recorded_attendance)
from bookings group by household_id
"""

CHECKING: Final = Checking(
    api.booking_invariants,
    api.check_booking_invariants,
    (
        Invariant(
            "I1",
            "The live bookings of a slot fit its capacity, its counter is their number, and no child is there twice.",
            OVERSOLD_SQL,
        ),
        changes_are_told(CHANGES_SQL, lasting=("booking.activities", "booking.enrollments", "booking.bookings")),
    ),
)
