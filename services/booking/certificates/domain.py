"""What certificates of a child say: in what it is enrolled, where and since when; on which days it was there, and how long."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Child:
    """A child as a household calls it."""

    first_name: str
    last_name: str
    birth_on: date

    @property
    def content(self) -> dict[str, str]:
        """What a certificate says of it."""
        return {"name": f"{self.first_name} {self.last_name}", "birth_on": self.birth_on.isoformat()}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child is enrolled, between two days; the group is named where the site has several."""

    activity_label: str
    site_label: str
    group_label: str | None
    starts_on: date
    ends_on: date


def registration_content(child: Child, first_year: int, places: Sequence[Place]) -> dict[str, Any]:
    """A child's enrollments of a school year."""
    return {
        "child": child.content,
        "school_year": f"{first_year}-{first_year + 1}",
        "places": [
            {
                "activity_label": place.activity_label,
                "site_label": place.site_label,
                "group_label": place.group_label,
                "starts_on": place.starts_on.isoformat(),
                "ends_on": place.ends_on.isoformat(),
            }
            for place in places
        ],
    }


@dataclass(frozen=True, slots=True)
class Presence:
    """That a child was there with a unit of an activity: from its arrival until it left where both were noted, and otherwise for as long as the unit lasts."""

    service_on: date
    activity_label: str
    starts_at: time
    ends_at: time
    arrived_at: datetime | None
    left_at: datetime | None

    @property
    def is_noted(self) -> bool:
        """Whether its hours were seen, and are not only those of the unit."""
        return self.arrived_at is not None and self.left_at is not None

    @property
    def minutes(self) -> int:
        """How long it was there."""
        if self.arrived_at is not None and self.left_at is not None:
            return max(0, (self.left_at - self.arrived_at) // MINUTE)
        return (self.ends_at.hour - self.starts_at.hour) * 60 + self.ends_at.minute - self.starts_at.minute


def presence_content(child: Child, presences: Sequence[Presence]) -> dict[str, Any]:
    """The days on which a child was there and its hours, by activity and month, and on how many days it was there at all."""
    lots: defaultdict[tuple[str, str], list[Presence]] = defaultdict(list)
    for presence in presences:
        lots[presence.activity_label, f"{presence.service_on:%Y-%m}"].append(presence)
    return {
        "child": child.content,
        "months": [
            {
                "activity_label": label,
                "month": month,
                "days": sorted({presence.service_on.day for presence in lot}),
                "minutes": sum(presence.minutes for presence in lot),
            }
            for (label, month), lot in sorted(lots.items(), key=lambda item: (item[0][1], item[0][0]))
        ],
        "day_count": len({presence.service_on for presence in presences}),
        "minutes": sum(presence.minutes for presence in presences),
        "has_hours_of_units": not all(presence.is_noted for presence in presences),
    }
