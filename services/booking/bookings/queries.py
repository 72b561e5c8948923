"""Bookings as a family sees them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.paging import page_of, read_cursor
from contracts.booking.models import Booking
from contracts.http import PAGE_SIZE_MAX, Page

from ..access import AT_SITE, reads


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings to list: those of a household between two dates, after the booking `cursor`."""

    household_id: UUID
    from_on: date
    to_on: date
    cursor: str | None


BOOKINGS_SQL = reaching(
    """
select b.id as booking_id, b.basket_id, b.household_id, b.child_id, c.first_name as child_first_name, b.activity_id,
       a.label as activity_label, u.code as unit_code, u.label as unit_label, b.slot_id, b.service_on, b.status,
       m.mark as attendance, b.confirmed_at, b.cancelled_at
from bookings b
join slots s on s.id = b.slot_id
join activities a on a.id = b.activity_id
join units u on u.activity_id = s.activity_id and u.code = s.unit_code
left join children c on c.child_id = b.child_id and c.household_id = b.household_id
left join attendances m on m.service_on = b.service_on and m.service_on between $5 and $6 and m.booking_id = b.id
where b.household_id = $4 and b.service_on between $5 and $6
  and ($7::date is null or (b.service_on, b.id) > ($7, $8::uuid)) and {is_reached} and {is_read}
order by b.service_on, b.id limit $9
""",
    is_reached=AT_SITE.of("s.site_code"),
    is_read=reads("b.child_id", "b.household_id"),
)


async def bookings(db: Database, actor: Actor, wanted: BookingFilter) -> Page[Booking]:
    """A household's bookings at the sites that the actor reaches, cancelled ones included, by date."""
    after = read_cursor(wanted.cursor, date.fromisoformat, UUID) if wanted.cursor else (None, None)
    period = (wanted.household_id, wanted.from_on, wanted.to_on)
    rows = await db.fetch(BOOKINGS_SQL, *reach_of(actor, await db.today()), *period, *after, PAGE_SIZE_MAX + 1)
    return page_of([Booking(**row) for row in rows], lambda booking: (booking.service_on, booking.booking_id))
