"""Days: sets of civil dates held as ranges (interval sets). Both ends of a range count, and a range may have no end. Pure.

Whatever holds "from a day, until a day" is said with these: membership, responsibility, residence, enrollment, season, rights.
`date.min` and `date.max` stand for no beginning and no end; PostgreSQL holds the same as `daterange` and `datemultirange`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class DateRange:
    """Every date from `first` to `last`, both included. Raises ValueError when it is reversed."""

    first: date
    last: date = date.max

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")

    @classmethod
    def between(cls, first: date | None, last: date | None) -> "DateRange":
        """The range with these ends, None for what has none."""
        return cls(first or date.min, last or date.max)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def starts_on(self) -> date | None:
        """The first day, None when it has no beginning."""
        return None if self.first == date.min else self.first

    @property
    def ends_on(self) -> date | None:
        """The last day, None when it has no end."""
        return None if self.last == date.max else self.last

    def overlap(self, other: "DateRange") -> "DateRange | None":
        """The days that both have."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return DateRange(first, last) if first <= last else None

    def meets(self, other: "DateRange") -> bool:
        """Whether no day lies between the two, in this order."""
        return self.last == date.max or self.last + ONE_DAY >= other.first


@dataclass(frozen=True, slots=True)
class Days:
    """A set of dates: its ranges in order, none of which touch."""

    ranges: tuple[DateRange, ...] = ()

    @classmethod
    def of(cls, ranges: Iterable[DateRange]) -> "Days":
        """The days that some of these ranges have, in whatever order they come."""
        merged: list[DateRange] = []
        for item in sorted(ranges):
            if merged and merged[-1].meets(item):
                merged[-1] = DateRange(merged[-1].first, max(merged[-1].last, item.last))
            else:
                merged.append(item)
        return cls(tuple(merged))

    @classmethod
    def between(cls, first: date | None, last: date | None = None) -> "Days":
        """One range, None for an end that it has not."""
        return cls((DateRange.between(first, last),))

    @classmethod
    def single(cls, days: Iterable[date]) -> "Days":
        """These dates."""
        return cls.of(DateRange(day, day) for day in days)

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, day: date) -> bool:
        return any(day in item for item in self.ranges)

    def __iter__(self) -> Iterator[DateRange]:
        return iter(self.ranges)

    def __or__(self, other: "Days") -> "Days":
        return Days.of((*self.ranges, *other.ranges))

    def __and__(self, other: "Days") -> "Days":
        pairs = (mine.overlap(theirs) for mine in self.ranges for theirs in other.ranges)
        return Days.of(item for item in pairs if item is not None)

    def __sub__(self, other: "Days") -> "Days":
        return self & other.complement

    @property
    def complement(self) -> "Days":
        """Every other date."""
        gaps: list[DateRange] = []
        first = date.min
        for item in self.ranges:
            if item.first > first:
                gaps.append(DateRange(first, item.first - ONE_DAY))
            if item.last == date.max:
                return Days(tuple(gaps))
            first = item.last + ONE_DAY
        return Days((*gaps, DateRange(first)))

    def is_disjoint(self, other: "Days") -> bool:
        """Whether no date is in both."""
        return not self & other


ALWAYS = Days.between(None)
