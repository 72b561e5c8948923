"""Who is asked about, what may come of a call, and what follows from it: kept, asked again, or said at once."""

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from typing import Final, Self

from chassis.comparing import comparable
from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.reading_words import FRANCE, CivilSex, ReadingStatus
from contracts.types import QuotientSource

FIRST_NAMES_MAX: Final = 3
MONTHS_BACK_MAX: Final = 24
"""As far as the CAF remembers."""
FAMILY_CALLS_MAX: Final = 10
"""How often in `FAMILY_CALLS_TIME` the adults of a household may ask: nobody tries out identities here."""
FAMILY_CALLS_TIME: Final = timedelta(days=1)
ATTEMPTS_MAX: Final = 7
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 240, 720, 1_440))
"""How long it is before the second attempt, the third one, and so on; longer where the other side says so."""
TAKEN_UP: Final = timedelta(minutes=1)
"""For how long an attempt belongs to who began it: longer than it lasts."""
KEPT: Final = timedelta(days=30)
"""For how long is kept what was not taken."""
CALLS_KEPT: Final = timedelta(days=366)

_BETWEEN_NAMES: Final = re.compile(r"[,\s]+")


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born. `month` and `day` are 0 where they are not known, as for people who were born far away or were found."""

    year: int
    month: int
    day: int

    @classmethod
    def on(cls, written: str) -> Self:
        """As a civil status has it: `1980-11-15`, or `1980-00-00`."""
        return cls(*map(int, written.split("-")))

    @property
    def earliest_on(self) -> date:
        """The first day that it may have been."""
        return date(self.year, self.month or 1, self.day or 1)


@dataclass(frozen=True, slots=True)
class Identity:
    """A civil status. The place of birth is a name and a department where the country is France."""

    birth_name: str
    first_names: tuple[str, ...]
    sex: CivilSex
    birth: Birth
    country: str
    city: str
    department: str


class Outcome(StrEnum):
    """What came of a call: the labels of its measure, too."""

    FOUND = auto()
    UNKNOWN = auto()
    """Nobody there has a quotient under this identity."""
    REFUSED = auto()
    """Something of the identity or the month is not taken."""
    BUSY = auto()
    """Too much is asked now, by this town or by all."""
    AWAY = auto()
    """The service, or who stands behind it, does not answer."""
    CLOSED = auto()
    """The service does not let the town in: its token is over, or has not the right scope."""


@dataclass(frozen=True, slots=True)
class Value:
    """A quotient as it was answered. `computed_on`: the first day of the month in which it was computed."""

    value_cents: int
    source: QuotientSource
    month_on: date
    computed_on: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `fields`: those that were refused, by their names here. `retry_seconds`: how long not to ask again, if that was said."""

    outcome: Outcome
    request_id: str = ""
    value: Value | None = None
    fields: tuple[str, ...] = ()
    retry_seconds: float = 0.0

    @property
    def is_worth_asking_again(self) -> bool:
        """Whether the same may be answered later."""
        return self.outcome in (Outcome.BUSY, Outcome.AWAY)


def first_names_of(typed: str) -> tuple[str, ...]:
    """The first names that count: compound ones keep their hyphens."""
    return tuple(name for name in _BETWEEN_NAMES.split(typed.replace("\u2019", "'")) if name)[:FIRST_NAMES_MAX]


def faults(identity: Identity, month_on: date, today: date) -> Iterator[FieldRefusal]:
    """What is wrong with what was typed, before anybody is asked."""
    if identity.birth.earliest_on >= today:
        yield FieldRefusal("/birth_on", "birth_in_future")
    if identity.country == FRANCE and not identity.city:
        yield FieldRefusal("/birth_city", "birth_city_needed")
    if identity.country == FRANCE and not identity.department:
        yield FieldRefusal("/birth_department", "birth_department_needed")
    if not oldest_month(today) <= month_on <= today:
        limits = (("first_on", oldest_month(today).isoformat()), ("last_on", today.replace(day=1).isoformat()))
        yield FieldRefusal("/month", "reading_month_out_of_range", limits)


def oldest_month(today: date) -> date:
    """The first month that may be asked for."""
    return date(today.year - MONTHS_BACK_MAX // 12, today.month, 1)


def is_of(identity: Identity, adults: Collection[tuple[str, str]]) -> bool:
    """Whether an identity can be of one of these adults, by their first and last names. A birth name may be another than the one in use, so the first name
    alone is compared; one in use that comes second says so only beside the same last name, for it could be added to anybody's."""
    wanted = [_first(name) for name in identity.first_names]
    return any(
        _first(first_name) in (wanted if comparable(last_name) == comparable(identity.birth_name) else wanted[:1])
        for first_name, last_name in adults
    )


def _first(name: str) -> str:
    return comparable(name).partition(" ")[0]


def pause_after(attempts: int, retry_seconds: float) -> timedelta | None:
    """How long to wait after so many attempts; None where it is given up."""
    if attempts >= ATTEMPTS_MAX:
        return None
    return max(PAUSES[attempts - 1], timedelta(seconds=retry_seconds))


class FieldReason(StrEnum):
    """What is said at each field that is refused there."""

    READING_BIRTH_NAME_REFUSED = auto()
    READING_FIRST_NAMES_REFUSED = auto()
    READING_SEX_REFUSED = auto()
    READING_BIRTH_ON_REFUSED = auto()
    READING_BIRTH_CITY_REFUSED = auto()
    READING_BIRTH_DEPARTMENT_REFUSED = auto()
    READING_BIRTH_COUNTRY_REFUSED = auto()
    READING_MONTH_REFUSED = auto()


class QuotientsNotRead(Refusal):
    """This town does not read quotients from API Particulier: send a certificate of the CAF or the MSA."""

    status = 403


class ReadingsTooMany(Refusal):
    """The CAF and the MSA were asked `count` times for this household within a day: ask tomorrow, or send a certificate."""

    status = 429


class QuotientUnknown(Refusal):
    """Neither the CAF nor the MSA has a quotient under this identity for the month `month_on`: check it, or send a certificate or a tax notice."""


class QuotientsBusy(Refusal):
    """API Particulier has too much to do: ask again in `seconds` seconds, have it asked again later, or send a certificate."""


class QuotientsAway(Refusal):
    """API Particulier, the CAF or the MSA does not answer: ask again later, have it asked again, or send a certificate."""


class QuotientsClosed(Refusal):
    """API Particulier does not let this town in: its people are told; send a certificate of the CAF or the MSA meanwhile."""


class QuotientUnanswered(Refusal):
    """Nothing was found by this reading that could be taken."""


class QuotientTaken(Refusal):
    """This quotient was taken, and its reading is the proof of where it comes from."""


def refusal_of(answer: Answer, month_on: date) -> Refusal:
    """Why nothing is kept of a call."""
    if answer.outcome is Outcome.REFUSED:
        return Invalid(*(FieldRefusal(f"/{name}", FieldReason(f"reading_{name}_refused")) for name in answer.fields))
    if answer.outcome is Outcome.UNKNOWN:
        return QuotientUnknown(month_on=month_on.isoformat())
    if answer.outcome is Outcome.BUSY:
        return QuotientsBusy(seconds=max(1, math.ceil(answer.retry_seconds)))
    return QuotientsAway() if answer.outcome is Outcome.AWAY else QuotientsClosed()


def status_of(answer: Answer) -> ReadingStatus:
    """How a question that is not asked again ends."""
    ends = {
        Outcome.FOUND: ReadingStatus.FOUND,
        Outcome.UNKNOWN: ReadingStatus.MISSING,
        Outcome.REFUSED: ReadingStatus.MISSING,
    }
    return ends.get(answer.outcome, ReadingStatus.FAILED)
