"""Days to judge: a plain one, which tests then vary."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from chassis.clock import age_on, deadline
from chassis.days import DateRange
from contracts.types import BookingStatus, EnrollmentStatus
from services.booking.calendar.domain import DayFacts, EnrollmentFacts
from services.booking.places.domain import Stay, UnitFacts

ZONE = ZoneInfo("Europe/Paris")
BIRTH_ON = date(2019, 5, 2)
VALIDATED = EnrollmentFacts(EnrollmentStatus.VALIDATED, DateRange(date(2026, 9, 2), date(2027, 6, 30)))
ALL_DAY = UnitFacts("day", "Journée", 8 * 60, 18 * 60)
COURSE = Stay(uuid4(), uuid4(), uuid4(), "gym", "Judo", UnitFacts("course", "Cours", 9 * 60, 12 * 60))
"""Where a child may be instead."""
CHILD_STATES: dict[str, dict[str, Any]] = {
    "enrolled": {},
    "has a place": {"booking": BookingStatus.CONFIRMED},
    "gave a place back": {"booking": BookingStatus.CANCELLED},
    "enrollment asked for": {"enrollment": replace(VALIDATED, status=EnrollmentStatus.REQUESTED)},
    "enrollment refused": {"enrollment": replace(VALIDATED, status=EnrollmentStatus.REFUSED)},
    "no live enrollment": {"enrollment": None},
}
"""What may be said of the child, in the words of docs/deadlines.md."""


def a_day(service_on: date = date(2026, 9, 9), **fields: Any) -> DayFacts:
    """A day of the leisure centre of docs/deadlines.md: bookable, unless `fields` say otherwise."""
    return replace(
        DayFacts(
            now=datetime(2026, 8, 20, 8, tzinfo=UTC),
            service_on=service_on,
            cutoff=deadline(service_on, 2, time(12), ZONE),
            capacity=10,
            taken=3,
            is_closed=False,
            enrollment=VALIDATED,
            age=age_on(BIRTH_ON, service_on),
            age_min=3,
            age_max=11,
        ),
        **fields,
    )
