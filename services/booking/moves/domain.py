"""What goes along with a child who changes files. Pure. The household that it leaves keeps the days before."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.days import DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal


@dataclass(frozen=True, slots=True)
class Destination:
    """A household that the child goes to, and the days on which it belongs to it."""

    household_id: UUID
    days: Days


@dataclass(frozen=True, slots=True)
class Leaving:
    """An enrollment that is to go along: whose it is, on which days, and on which of them something is booked."""

    household_id: UUID
    days: DateRange
    booked_on: Sequence[date]


def days_along(enrollment: Leaving, to: Destination, from_on: date) -> DateRange | Refusal:
    """The days of an enrollment that go to another household from a day on: as many in a row as the child belongs to it. What is booked
    beyond would be lost on the way, which an agent decides by itself."""
    first = max(from_on, enrollment.days.first)
    if first > enrollment.days.last:
        return Invalid(FieldRefusal("/from_on", "enrollment_over_by_then", (("ends_on", enrollment.days.last),)))
    stay = next((item for item in to.days if first in item), None)
    if to.household_id == enrollment.household_id or stay is None:
        return Invalid(FieldRefusal("/household_id", "child_not_there_by_then", (("from_on", from_on),)))
    along = DateRange(first, min(stay.last, enrollment.days.last))
    if beyond := [service_on for service_on in enrollment.booked_on if service_on not in along]:
        return Invalid(FieldRefusal("/from_on", "days_beyond_home", (("last_on", along.last), ("count", len(beyond)))))
    return along


@dataclass(frozen=True, slots=True)
class Along:
    """An enrollment of a preview: what of it would go, or what stands against that."""

    enrollment_id: UUID
    activity_id: UUID
    child_id: UUID
    leaving: Leaving
    outcome: DateRange | Refusal


def fingerprint(to: UUID, from_on: date, going: Sequence[Along]) -> str:
    """A hash of what was shown: enrollments with their days and those that are booked, and where they go."""
    seen = [
        [str(item.enrollment_id), str(item.leaving.days), [day.isoformat() for day in item.leaving.booked_on]]
        for item in going
    ]
    return hashlib.sha256(json.dumps([str(to), from_on.isoformat(), seen]).encode()).hexdigest()
