"""Time: instants are aware and in UTC, deadlines are civil times of the town turned into instants here and nowhere else. So are ages."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a civil time.

    In the night when clocks go back, the first of the two readings; when they go forward, a reading that does not exist
    is the instant as far after the change as it was asked for.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def civil_day(moment: datetime, zone: ZoneInfo) -> date:
    """The town's date at an instant."""
    return moment.astimezone(zone).date()


def deadline(day: date, days_before: int, at: time, zone: ZoneInfo) -> datetime:
    """The instant `days_before` a day, at a civil time; what happens exactly then is still in time."""
    return instant(day - timedelta(days=days_before), at, zone)


def age_on(birth_on: date, day: date) -> int:
    """Completed years on a day; whoever is born on 29 February completes one on 1 March of a common year."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
