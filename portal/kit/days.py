"""Days as they come in addresses and forms."""

from datetime import date, timedelta
from typing import Final

FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2100, 12, 31)
SCHOOL_YEAR_MONTH: Final = 9


def day_typed(text: str) -> date | None:
    """The day of an ISO date that a person can mean, from 2000 to 2100; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def monday(day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=day.weekday())


def school_year_of(day: date) -> int:
    """The year in which the school year of a day began, on 1 September."""
    return day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1
