"""What makes an activity and its days acceptable: dates that hold together, places never below those taken. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chassis.refusal import FieldRefusal, Invalid, Refusal

from ..errors import CapacityBelowTaken


@dataclass(frozen=True, slots=True)
class Period:
    """Civil dates, both included."""

    starts_on: date
    ends_on: date

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def check_activity(age_min: int, age_max: int, period: Period) -> Refusal | None:
    """Why these ages or dates do not hold together, or None."""
    fields = []
    if age_max < age_min:
        fields.append(FieldRefusal("/age_max", "range_reversed", (("age_min", age_min),)))
    if period.ends_on < period.starts_on:
        fields.append(FieldRefusal("/ends_on", "range_reversed", (("starts_on", period.starts_on),)))
    return Invalid(*fields) if fields else None


def check_opening(period: Period, days: Sequence[date], capacity: int, taken: Mapping[date, int]) -> Refusal | None:
    """Why these days cannot be opened with this many places, or None.

    `taken` has the days that are open already: there, the number of places changes, though never below those taken.
    """
    outside = [
        FieldRefusal(
            f"/days/{position}",
            "outside_activity",
            (("starts_on", period.starts_on), ("ends_on", period.ends_on)),
        )
        for position, day in enumerate(days)
        if day not in period
    ]
    if outside:
        return Invalid(*outside)
    below = [(position, day) for position, day in enumerate(days) if taken.get(day, 0) > capacity]
    if not below:
        return None
    fields = [
        FieldRefusal(f"/days/{position}", CapacityBelowTaken.code(), (("service_on", day), ("taken", taken[day])))
        for position, day in below
    ]
    first = below[0][1]
    return CapacityBelowTaken(*fields, service_on=first, taken=taken[first])
