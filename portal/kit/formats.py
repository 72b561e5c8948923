"""How amounts, dates and counts are written in French: the filters that every template uses, pure and without locale files."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from chassis.french import of

NARROW_SPACE: Final = "\u202f"
NO_BREAK_SPACE: Final = "\u00a0"
NO_BREAK_HYPHEN: Final = "\u2011"
MINUS: Final = "\u2212"

_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def percent(basis_points: int) -> str:
    """A part in basis points as `60 %` or `33,30 %`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}{f',{rest:02d}' if rest else ''}{NO_BREAK_SPACE}%"


def money(cents: int) -> str:
    """An amount in euro cents as `1 234,50 €`, with the spaces that never break."""
    euros, rest = divmod(abs(cents), 100)
    amount = f"{euros:,}".replace(",", NARROW_SPACE) + f",{rest:02d}{NO_BREAK_SPACE}€"
    return MINUS + amount if cents < 0 else amount


def civil_date(value: date | datetime | str, zone: ZoneInfo | None = None) -> date:
    """The day of a date or of ISO 8601 text, or of an instant in the town's time zone, without which it has none.

    Raises:
        ValueError: an instant whose zone, or for which the town's zone, is not said.
    """
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, datetime):
        return value
    if zone is None:
        raise ValueError("the day of an instant is another one in each time zone: say the town's")
    return _local(value, zone).date()


def weekday(value: date | datetime | str, zone: ZoneInfo | None = None) -> str:
    """`mercredi`."""
    return _WEEKDAYS[civil_date(value, zone).weekday()]


def date_day(value: date | datetime | str, zone: ZoneInfo | None = None) -> str:
    """`mercredi 9 septembre`, for lists where the year goes without saying."""
    day = civil_date(value, zone)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{weekday(day)} {number}{NO_BREAK_SPACE}{_MONTHS[day.month - 1]}"


def date_tiny(value: date | datetime | str, zone: ZoneInfo | None = None) -> str:
    """`mer. 9`, for a cell of the calendar on a phone, whose control bears the whole date."""
    day = civil_date(value, zone)
    return f"{weekday(day)[:3]}.{NO_BREAK_SPACE}{day.day}"


def date_words(value: date | datetime | str, zone: ZoneInfo | None = None) -> str:
    """`mercredi 9 septembre 2026`."""
    return f"{date_day(value, zone)} {civil_date(value, zone).year}"


def date_short(value: date | datetime | str, zone: ZoneInfo | None = None) -> str:
    """`09/09/2026`, for tables."""
    return f"{civil_date(value, zone):%d/%m/%Y}"


def month_words(value: date | str) -> str:
    """`septembre 2026`, of a date or of a `2026-09` period."""
    day = value if isinstance(value, date) else date.fromisoformat(f"{value[:7]}-01")
    return f"{_MONTHS[day.month - 1]} {day.year}"


def of_month(value: date | str) -> str:
    """`de septembre 2026`, `d’octobre 2026`: the preposition before a month, elided before a vowel."""
    return of(month_words(value))


def time_short(value: datetime, zone: ZoneInfo) -> str:
    """`11:26` on the town's clock."""
    return f"{_local(value, zone):%H:%M}"


def time_words(value: datetime, zone: ZoneInfo) -> str:
    """`12 h` or `12 h 30` on the town's clock, as it is said in a sentence."""
    moment = _local(value, zone)
    minutes = f"{NO_BREAK_SPACE}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NO_BREAK_SPACE}h{minutes}"


def wait_words(seconds: int) -> str:
    """`45 secondes`, `3 minutes`, `1 heure 20`: how long to wait, never too short; exact to the second below two minutes."""
    if seconds < 120:
        return f"{seconds}{NO_BREAK_SPACE}{plural(seconds, 'seconde', 'secondes')}"
    hours, minutes = divmod(-(-seconds // 60), 60)
    if not hours:
        return f"{minutes}{NO_BREAK_SPACE}minutes"
    return f"{hours}{NO_BREAK_SPACE}{plural(hours, 'heure', 'heures')}" + (
        f"{NO_BREAK_SPACE}{minutes:02d}" if minutes else ""
    )


def is_singular(count: int) -> bool:
    """The French rule: everything under two is singular, zero included."""
    return abs(count) < 2


def plural(count: int, one: str, other: str) -> str:
    """The form of a word that agrees with a count."""
    return one if is_singular(count) else other


def _local(value: datetime, zone: ZoneInfo) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be shown")
    return value.astimezone(zone)
