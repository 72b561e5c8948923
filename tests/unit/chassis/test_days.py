"""Days and timelines: sets of dates and values by day, held against what a plain set and a plain dict would say."""

import itertools
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.days import ALWAYS, DateRange, Days
from chassis.timeline import Change, Slice, Timeline, slices_between

FIRST: Final = date(2026, 12, 20)
"""A fortnight around a new year: small enough to be looked at day by day."""
CALENDAR: Final = [FIRST + timedelta(days=number) for number in range(14)]


@st.composite
def ranges(draw: st.DrawFn) -> DateRange:
    one, other = draw(st.sampled_from(CALENDAR)), draw(st.sampled_from(CALENDAR))
    return DateRange(min(one, other), max(one, other))


def days() -> st.SearchStrategy[Days]:
    return st.lists(ranges(), max_size=5).map(Days.of)


def timelines() -> st.SearchStrategy[Timeline[int]]:
    return st.lists(st.tuples(ranges(), st.integers(1, 3)), max_size=6).map(Timeline.of)


def dates_of(days: Days) -> set[date]:
    return {day for day in CALENDAR if day in days}


def values_of(timeline: Timeline[int]) -> dict[date, int]:
    return {day: value for day in CALENDAR if (value := timeline.at(day)) is not None}


@given(days(), days())
def test_days_are_the_set_of_their_dates(one: Days, other: Days) -> None:
    assert dates_of(one | other) == dates_of(one) | dates_of(other)
    assert dates_of(one & other) == dates_of(one) & dates_of(other)
    assert dates_of(one - other) == dates_of(one) - dates_of(other)
    assert one.is_disjoint(other) == dates_of(one).isdisjoint(dates_of(other))


@given(days())
def test_the_same_dates_are_held_in_one_way(one: Days) -> None:
    assert Days.single(dates_of(one)) == one
    assert one.complement.complement == one
    assert one | one.complement == ALWAYS


def test_ranges_that_meet_are_one() -> None:
    """One to 31 January, the next from 1 February."""
    january, february = DateRange(date(2027, 1, 1), date(2027, 1, 31)), DateRange(date(2027, 2, 1), date(2027, 2, 28))

    assert Days.of([february, january]) == Days.between(date(2027, 1, 1), date(2027, 2, 28))


def test_a_range_without_an_end_swallows_what_follows() -> None:
    assert Days.of([DateRange(FIRST), DateRange(date(2030, 1, 1), date(2030, 1, 2))]) == Days.between(FIRST)
    assert Days.between(FIRST).ranges[0].ends_on is None


def test_a_reversed_range_is_none() -> None:
    with pytest.raises(ValueError, match="is before"):
        DateRange(date(2027, 1, 2), date(2027, 1, 1))


@given(timelines(), ranges(), st.integers(1, 3))
def test_a_value_put_on_days_stands_there_and_nowhere_else(
    timeline: Timeline[int], during: DateRange, value: int
) -> None:
    expected = values_of(timeline) | {day: value for day in CALENDAR if day in during}

    assert values_of(timeline.put(during, value)) == expected


@given(timelines(), days())
def test_a_timeline_is_cut_by_days(timeline: Timeline[int], cut: Days) -> None:
    values = values_of(timeline)

    assert values_of(timeline.without(cut)) == {day: value for day, value in values.items() if day not in cut}
    assert values_of(timeline.within(cut)) == {day: value for day, value in values.items() if day in cut}
    assert dates_of(timeline.gaps(cut)) == dates_of(cut) - values.keys()


@given(timelines(), timelines())
def test_two_timelines_are_joined_by_a_rule(one: Timeline[int], other: Timeline[int]) -> None:
    mine, theirs = values_of(one), values_of(other)
    expected = mine | theirs | {day: mine[day] * 10 + theirs[day] for day in mine.keys() & theirs.keys()}

    assert values_of(one.update(other, lambda left, right: left * 10 + right)) == expected


@given(timelines())
def test_neighbours_of_one_value_are_one_slice(timeline: Timeline[int]) -> None:
    everywhere_one = timeline.map(lambda _value: 1)

    assert len(everywhere_one.slices) == len(timeline.days.ranges)
    for before, after in zip(timeline.slices, timeline.slices[1:], strict=False):
        assert before.during.last < after.during.first
        assert before.value != after.value or not before.during.meets(after.during)


@given(timelines(), timelines())
def test_changes_name_every_day_that_differs_and_no_other(one: Timeline[int], other: Timeline[int]) -> None:
    changes = one.changes_to(other)
    named = {day: (item.before, item.after) for item in changes for day in CALENDAR if day in item.during}
    mine, theirs = values_of(one), values_of(other)

    assert named == {day: (mine.get(day), theirs.get(day)) for day in CALENDAR if mine.get(day) != theirs.get(day)}
    assert one.changes_to(one) == ()


@given(days(), timelines(), timelines())
def test_slices_cover_days_once_and_nothing_changes_within(
    within: Days, one: Timeline[int], other: Timeline[int]
) -> None:
    slices = slices_between(within, one, other)

    assert Days.of(slices) == within
    for before, after in itertools.pairwise(slices):
        assert before.last < after.first
    for item in slices:
        assert len({(one.at(day), other.at(day)) for day in CALENDAR if day in item}) == 1


def test_steps_count_until_the_next_one_starts() -> None:
    """A new quotient from 15 March ends the one before on the 14th."""
    quotient = Timeline.steps([(date(2027, 3, 15), 52_000), (date(2027, 1, 1), 65_000)])

    assert quotient.slices == (
        Slice(DateRange(date(2027, 1, 1), date(2027, 3, 14)), 65_000),
        Slice(DateRange(date(2027, 3, 15)), 52_000),
    )
    assert quotient.at(date(2026, 12, 31)) is None


def test_a_change_says_what_was_and_what_is() -> None:
    payer = Timeline.of([(DateRange(date(2027, 1, 1)), "A")])
    after = payer.put(DateRange(date(2027, 1, 15)), "B")

    assert payer.changes_to(after) == (Change(DateRange(date(2027, 1, 15)), "A", "B"),)
