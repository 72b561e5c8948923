"""What goes along with a child who changes files. Pure. The household that it leaves keeps the days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.days import DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal

from ..enrollments.domain import Enrolled
from ..places.domain import BookingFacts


@dataclass(frozen=True, slots=True)
class Destination:
    """A household that the child goes to, and the days on which it belongs to it."""

    household_id: UUID
    days: Days


def days_along(
    enrollment: Enrolled, to: Destination, from_on: date, booked: Sequence[BookingFacts]
) -> DateRange | Refusal:
    """The days of an enrollment that go to another household from a day on: as many in a row as the child belongs to it. What is booked
    beyond would be lost on the way, which an agent decides by itself."""
    first = max(from_on, enrollment.days.first)
    if first > enrollment.days.last:
        return Invalid(FieldRefusal("/from_on", "enrollment_over_by_then", (("ends_on", enrollment.days.last),)))
    stay = next((item for item in to.days if first in item), None)
    if to.household_id == enrollment.household_id or stay is None:
        return Invalid(FieldRefusal("/household_id", "child_not_there_by_then", (("from_on", from_on),)))
    along = DateRange(first, min(stay.last, enrollment.days.last))
    if beyond := [booking.slot.service_on for booking in booked if booking.slot.service_on not in along]:
        return Invalid(FieldRefusal("/from_on", "days_beyond_home", (("last_on", along.last), ("count", len(beyond)))))
    return along
