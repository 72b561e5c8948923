"""Bookings as a family sees them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Row
from chassis.data.paging import page_of, read_id
from contracts.booking.models import Booking
from contracts.http import PAGE_SIZE_MAX, Page


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings to list: those of a household between two dates, after the booking `cursor`."""

    household_id: UUID
    from_on: date
    to_on: date
    cursor: str | None


BOOKINGS_SQL = """
select b.id as booking_id, b.basket_id, b.household_id, b.child_id, c.first_name as child_first_name, b.activity_id,
       a.label as activity_label, b.slot_id, b.service_on, b.status, b.attendance, b.confirmed_at, b.cancelled_at
from bookings b
join activities a on a.id = b.activity_id
left join children c on c.child_id = b.child_id and c.household_id = b.household_id
where b.household_id = $1 and b.service_on between $2 and $3
  and ($4::uuid is null or (b.service_on, b.id) > (
      select service_on, id from bookings where id = $4 and household_id = $1
  ))
order by b.service_on, b.id limit $5
"""


async def bookings(queries: Queries, wanted: BookingFilter) -> Page[Booking]:
    """A household's bookings, cancelled ones included, by date."""
    rows = await queries.fetch(
        BOOKINGS_SQL, wanted.household_id, wanted.from_on, wanted.to_on, read_id(wanted.cursor), PAGE_SIZE_MAX + 1
    )
    return page_of([_booking(row) for row in rows], lambda booking: (booking.booking_id,))


def _booking(row: Row) -> Booking:
    return Booking(**row)
