"""The family quotients of a household: each counts from its day until the next one starts or its own last day, and what a tax notice makes of an income. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal
from contracts.family.events import Quotient
from contracts.family.resource_words import QuotientWay, TaxFormula
from contracts.types import Cents

ONE_DAY: Final = timedelta(days=1)
SHORTEST: Final = timedelta(days=31)
"""A quotient of less than a month before the day of renewal is this renewal's."""
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class AcceptedDays:
    """The days on which a new quotient may start to count."""

    first: date
    last: date

    @classmethod
    def around(cls, today: date, years_back: int, years_ahead: int) -> "AcceptedDays":
        """Whole calendar years before and after this one."""
        return cls(date(today.year - years_back, 1, 1), date(today.year + years_ahead, 12, 31))


@dataclass(frozen=True, slots=True)
class Renewal:
    """The day of each year by which a quotient is renewed, in a town that asks for it: the last one on which it counts."""

    month: int
    day: int

    def last_day(self, effective_on: date) -> date:
        """Until when what starts on a day counts: the first such day that is a month later at least."""
        of_year = date(effective_on.year, self.month, self.day)
        return next(
            day
            for day in (of_year.replace(year=of_year.year + years) for years in range(3))
            if day - effective_on >= SHORTEST
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a quotient rests: the month of the proof as `YYYY-MM`, the income and number of children of a tax notice, who answered and under which
    number where it was read from the State's interface."""

    month: str | None = None
    income_cents: Cents | None = None
    child_count: int | None = None
    provider: str = ""
    request_id: str = ""

    @property
    def grounds(self) -> tuple[str | None, Cents | None, int | None]:
        """What it says, whoever said it."""
        return self.month, self.income_cents, self.child_count


@dataclass(frozen=True, slots=True)
class Entry:
    """A quotient as it is recorded: how it came to be known, on what it rests, and the document that proves it."""

    quotient: Quotient
    way: QuotientWay = QuotientWay.ENTERED
    basis: Basis = Basis()
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry of the history, with who recorded it and when; corrected at `replaced_at`, it counts no more."""

    entry: Entry
    recorded_at: datetime
    recorded_by: UUID
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """A quotient and the last day on which it counts; None without an end."""

    quotient: Quotient
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Cut:
    """A quotient whose last day an entry changes; not counting at all any more, it has none."""

    quotient: Quotient
    former_last_on: date | None
    last_on: date | None


def quotient_fault(quotient: Quotient, accepted: AcceptedDays, pointer: str) -> FieldRefusal | None:
    """What is wrong with the days of a quotient; `pointer` is where it stands."""
    if not accepted.first <= quotient.effective_on <= accepted.last:
        limits = (("first_on", accepted.first.isoformat()), ("last_on", accepted.last.isoformat()))
        return FieldRefusal(f"{pointer}/effective_on", "quotient_day_out_of_range", limits)
    if quotient.ends_on is not None and quotient.ends_on < quotient.effective_on:
        return FieldRefusal(f"{pointer}/ends_on", "quotient_ends_early")
    return None


def with_quotient(history: tuple[Quotient, ...], quotient: Quotient) -> tuple[Quotient, ...]:
    """The history, oldest first, with a quotient that replaces the one of the same day."""
    others = [known for known in history if known.effective_on != quotient.effective_on]
    return tuple(sorted((*others, quotient), key=lambda known: known.effective_on))


def spans(history: tuple[Quotient, ...]) -> Iterator[Span]:
    """The quotients of a history, oldest first, with the last day of each: the next one cuts it, and a gap is no quotient's."""
    for known, following in zip_longest(history, history[1:]):
        eve = following.effective_on - ONE_DAY if following else None
        yield Span(known, min((day for day in (known.ends_on, eve) if day is not None), default=None))


def started(history: tuple[Quotient, ...], day: date) -> Span | None:
    """The last quotient that started by a day, whether it counts still or not."""
    return next((span for span in reversed([*spans(history)]) if span.quotient.effective_on <= day), None)


def in_force(history: tuple[Quotient, ...], day: date) -> Quotient | None:
    """The quotient that counts on a day, or None when none had started, or the last one had ended."""
    span = started(history, day)
    return span.quotient if span and (span.last_on is None or day <= span.last_on) else None


def cuts(history: tuple[Quotient, ...], quotient: Quotient) -> Iterator[Cut]:
    """The quotients whose last day another one changes, the one of its own day among them."""
    after = {span.quotient.effective_on: span for span in spans(with_quotient(history, quotient))}
    for span in spans(history):
        then = after[span.quotient.effective_on]
        if then.quotient != span.quotient:
            yield Cut(span.quotient, span.last_on, None)
        elif then.last_on != span.last_on:
            yield Cut(span.quotient, span.last_on, then.last_on)


def is_said(history: tuple[Quotient, ...], quotient: Quotient) -> bool:
    """Whether a file says nothing new that has no last days: value, first day and source are known."""
    return any(known.model_copy(update={"ends_on": quotient.ends_on}) == quotient for known in history)


def is_there(known: tuple[Entry, ...], entry: Entry) -> bool:
    """Whether an entry says nothing that is not known: the same quotient, on the same grounds as far as it names any, whoever answered."""
    same = (item.basis for item in known if item.quotient == entry.quotient)
    return any(entry.basis.grounds in (basis.grounds, Basis().grounds) for basis in same)


def tax_quotient(formula: TaxFormula, income_cents: Cents, child_count: int) -> Cents:
    """What a town makes of the yearly income of a tax notice, rounded half up to the cent."""
    parts = formula.adult_parts + sum(
        (formula.child_parts[min(place, len(formula.child_parts) - 1)] for place in range(child_count)), Decimal(0)
    )
    counted = Decimal(income_cents) * (100 - formula.deduction_percent) / 100
    return int((counted / (MONTHS * parts)).quantize(Decimal(1), ROUND_HALF_UP))
