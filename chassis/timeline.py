"""Timelines: a value for each day, held as slices of equal days (temporal values). Pure.

Who pays, which quotient counts, where a child lives: what changes from day to day is written down as a timeline, cut and merged by
the same few operations, and compared as a whole. What follows from several timelines is computed anew slice by slice and compared
with what stood there before; it is never patched.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from chassis.days import ONE_DAY, DateRange, Days

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """A range of days on which one value stands."""

    during: DateRange
    value: T


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """Days on which two timelines differ; None where one has no value."""

    during: DateRange
    before: T | None
    after: T | None


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """Values by day: slices in order that share no day. Neighbours that meet have different values."""

    slices: tuple[Slice[T], ...] = ()

    @classmethod
    def of(cls, items: Iterable[tuple[DateRange, T]]) -> "Timeline[T]":
        """The timeline of values for ranges of days; where two share a day, the later one in the order given counts."""
        timeline: Timeline[T] = cls()
        for during, value in items:
            timeline = timeline.put(during, value)
        return timeline

    @classmethod
    def steps(cls, starts: Iterable[tuple[date, T]]) -> "Timeline[T]":
        """The timeline of values that each count from a day until the next one starts."""
        return cls.of((DateRange(first), value) for first, value in sorted(starts, key=lambda item: item[0]))

    def __iter__(self) -> Iterator[Slice[T]]:
        return iter(self.slices)

    def at(self, day: date) -> T | None:
        """The value of a day."""
        return next((item.value for item in self.slices if day in item.during), None)

    @property
    def days(self) -> Days:
        """The days that have a value."""
        return Days.of(item.during for item in self.slices)

    def gaps(self, within: Days) -> Days:
        """The days of `within` that have no value."""
        return within - self.days

    def put(self, during: DateRange, value: T) -> "Timeline[T]":
        """The same, with this value on these days, whatever stood there."""
        return _merged([*self.without(Days((during,))).slices, Slice(during, value)])

    def without(self, days: Days) -> "Timeline[T]":
        """The same, with no value on these days."""
        return self.within(days.complement)

    def within(self, days: Days) -> "Timeline[T]":
        """The same on these days alone."""
        return Timeline(tuple(Slice(part, item.value) for item in self.slices for part in Days((item.during,)) & days))

    def update(self, other: "Timeline[T]", rule: Callable[[T, T], T]) -> "Timeline[T]":
        """Both, with what `rule` makes of the two values where both have one."""
        shared = self.days & other.days
        both = [Slice(during, rule(mine, theirs)) for during, (mine, theirs) in _pairs(self, other)]
        return _merged([*self.without(shared).slices, *other.without(shared).slices, *both])

    def map(self, function: Callable[[T], U]) -> "Timeline[U]":
        """The timeline of what `function` makes of each value; equal neighbours become one."""
        return _merged([Slice(item.during, function(item.value)) for item in self.slices])

    def changes_to(self, other: "Timeline[T]") -> tuple[Change[T], ...]:
        """Where `other` differs, in order; nothing when they are equal."""
        cuts = slices_between((self.days | other.days), self, other)
        changes = (Change(during, self.at(during.first), other.at(during.first)) for during in cuts)
        return tuple(change for change in changes if change.before != change.after)


def slices_between(within: Days, *timelines: "Timeline[Any]") -> tuple[DateRange, ...]:
    """The longest ranges of `within` on which none of these timelines changes, in order: what is derived from them needs one
    decision for each."""
    starts = {item.during.first for timeline in timelines for item in timeline}
    starts |= {item.during.last + ONE_DAY for timeline in timelines for item in timeline if item.during.last < date.max}
    ranges = []
    for whole in within:
        first = whole.first
        for cut in sorted(day for day in starts if whole.first < day <= whole.last):
            ranges.append(DateRange(first, cut - ONE_DAY))
            first = cut
        ranges.append(DateRange(first, whole.last))
    return tuple(ranges)


def _pairs(one: Timeline[T], other: Timeline[U]) -> Iterator[tuple[DateRange, tuple[T, U]]]:
    for mine in one:
        for theirs in other:
            if (during := mine.during.overlap(theirs.during)) is not None:
                yield during, (mine.value, theirs.value)


def _merged(slices: Iterable[Slice[T]]) -> Timeline[T]:
    """Disjoint slices as a timeline: in order, with neighbours of one value made one."""
    merged: list[Slice[T]] = []
    for item in sorted(slices, key=lambda item: item.during):
        if merged and merged[-1].value == item.value and merged[-1].during.meets(item.during):
            merged[-1] = Slice(DateRange(merged[-1].during.first, item.during.last), item.value)
        else:
            merged.append(item)
    return Timeline(tuple(merged))
