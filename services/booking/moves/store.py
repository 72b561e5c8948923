"""Storage of moves: where a child belongs, and how it is called."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.ranges import read_ranges
from chassis.days import Days

from ..bookings.domain import BookableChild
from ..places.domain import BookingFacts
from .domain import Destination

DESTINATION_SQL = "select days from household_children where household_id = $1 and child_id = $2 for share"


async def load_destination(tx: Transaction, household_id: UUID, child_id: UUID) -> Destination:
    """A household, and the days on which a child belongs to it: none, if it never does."""
    days = await tx.fetchval(DESTINATION_SQL, household_id, child_id)
    return Destination(household_id, read_ranges(days) if days is not None else Days())


CHILD_SQL = "select first_name, birth_on from child_records where child_id = $1"


async def child_at(tx: Transaction, household_id: UUID, child_id: UUID) -> BookableChild:
    """A child in the household that its days go to; nameless once it was erased."""
    row = await tx.fetchrow(CHILD_SQL, child_id)
    first_name, birth_on = (row["first_name"], row["birth_on"]) if row else ("", date.min)
    return BookableChild(child_id, household_id, first_name, birth_on)


BOOKED_ELSEWHERE_SQL = """
select min(b.service_on) from bookings b
join unnest($2::date[], $3::int[], $4::int[]) as asked(service_on, begins, ends)
    on asked.service_on = b.service_on and b.span && int4range(asked.begins, asked.ends)
where b.child_id = $1 and b.status in ('held', 'requested', 'confirmed')
"""


async def booked_elsewhere(tx: Transaction, child_id: UUID, booked: Sequence[BookingFacts]) -> date | None:
    """The first of these days on which a child is somewhere at that time already."""
    slots = [booking.slot for booking in booked]
    days, begins = [slot.service_on for slot in slots], [slot.unit.begins for slot in slots]
    service_on: date | None = await tx.fetchval(
        BOOKED_ELSEWHERE_SQL, child_id, days, begins, [slot.unit.ends for slot in slots]
    )
    return service_on
