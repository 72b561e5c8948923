"""How amounts, dates and times are written in French in a mail."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.french import of

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def money(cents: int) -> str:
    """`1 234,50 €`, with spaces that never break."""
    euros, rest = divmod(abs(cents), 100)
    sign = "\u2212" if cents < 0 else ""
    return f"{sign}{euros:,}".replace(",", NARROW_SPACE) + f",{rest:02d}{NO_BREAK_SPACE}€"


def date_words(day: date) -> str:
    """`mercredi 9 septembre 2026`."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_WEEKDAYS[day.weekday()]} {number}{NO_BREAK_SPACE}{_MONTHS[day.month - 1]} {day.year}"


def month_words(period: str) -> str:
    """`septembre 2026`, of a `2026-09` period."""
    first = date.fromisoformat(f"{period}-01")
    return f"{_MONTHS[first.month - 1]} {first.year}"


def of_month(period: str) -> str:
    """`de septembre 2026`, `d’octobre 2026`: the preposition before a month, elided before a vowel."""
    return of(month_words(period))


def siret(number: str) -> str:
    """`123 456 782 00012`, on one line whatever the width."""
    return NO_BREAK_SPACE.join((number[:3], number[3:6], number[6:9], number[9:]))


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """`mercredi 9 septembre 2026 à 11 h 26`, on the town's clock."""
    local = moment.astimezone(zone)
    return f"{date_words(local.date())} à {local.hour}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{local.minute:02d}"
