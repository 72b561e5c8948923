"""What may be entered of a child's homes, and how days by hand lie above a pattern."""

from datetime import date, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.days import DateRange, Days
from chassis.refusal import Invalid
from chassis.timeline import Timeline
from contracts.family.events import EvidenceKind, HolidayTurns
from contracts.family.residence import home_on
from contracts.types import ResidencePattern
from services.family.custody.domain import (
    SWAPPED_DAYS_MAX,
    Custody,
    Evidence,
    Home,
    Turns,
    evidence_faults,
    with_home,
    with_swap,
    without_household,
)
from services.family.people.domain import Child

A, B, ELSEWHERE = UUID(int=1), UUID(int=2), UUID(int=3)
FIRST = date(2026, 9, 7)
BELONGS = {A: Days.between(date(2020, 1, 1)), B: Days.between(date(2020, 1, 1))}
NOBODY = Custody(Child(uuid4(), "Zoé", "Le Goff", date(2018, 5, 4)), {}, Timeline())
PARITY = Home(ResidencePattern.WEEK_PARITY, (A, B))


def living(home: Home = PARITY) -> Custody:
    """A child that lives so since a Monday."""
    decision = with_home(NOBODY, home, DateRange(FIRST), BELONGS)
    assert isinstance(decision, Custody)
    return decision


def refused(home: Home) -> list[tuple[str, str]]:
    """Pointer and code of each fault of an entry."""
    decision = with_home(NOBODY, home, DateRange(FIRST), BELONGS)
    return [(field.pointer, field.code) for field in decision.fields] if isinstance(decision, Invalid) else []


@pytest.mark.parametrize(
    ("home", "fault"),
    [
        (Home(ResidencePattern.ALTERNATING, (A, B)), ("/anchor_on", "anchor_does_not_fit")),
        (Home(ResidencePattern.FORTNIGHT, (A, B)), ("/anchor_on", "anchor_does_not_fit")),
        (Home(ResidencePattern.SINGLE, (A,), FIRST), ("/anchor_on", "anchor_does_not_fit")),
        (Home(ResidencePattern.WEEK_PARITY, (A, A)), ("/household_ids", "homes_do_not_fit")),
        (Home(ResidencePattern.WEEK_PARITY, (A, ELSEWHERE)), ("/household_ids/1", "child_not_in_household")),
        (
            Home(ResidencePattern.ALTERNATING, (A, B), FIRST, turns=Turns(change_weekday=5)),
            ("/change_weekday", "change_day_does_not_fit"),
        ),
        (
            Home(ResidencePattern.SINGLE, (A,), turns=Turns(change_hour=time(18))),
            ("/change_hour", "change_hour_does_not_fit"),
        ),
        (Home(ResidencePattern.FORTNIGHT, (A, B), FIRST), ("/second_home_days", "fortnight_does_not_fit")),
        (
            Home(ResidencePattern.FORTNIGHT, (A, B), FIRST + timedelta(days=1), turns=Turns(second_home_days=(4,))),
            ("/anchor_on", "fortnight_begins_on_monday"),
        ),
        (
            Home(ResidencePattern.FORTNIGHT, (A, B), FIRST, turns=Turns(second_home_days=tuple(range(14)))),
            ("/second_home_days", "fortnight_does_not_fit"),
        ),
        (
            Home(ResidencePattern.WEEK_PARITY, (A, B), turns=Turns(second_home_days=(1,))),
            ("/second_home_days", "fortnight_does_not_fit"),
        ),
        (
            Home(
                ResidencePattern.WEEK_PARITY,
                (A, B),
                turns=Turns(holidays=HolidayTurns(zone="A", even_first_id=ELSEWHERE)),
            ),
            ("/holidays_even_first_id", "holidays_do_not_fit"),
        ),
        (
            Home(ResidencePattern.SINGLE, (A,), turns=Turns(holidays=HolidayTurns(zone="A", even_first_id=A))),
            ("/holidays_even_first_id", "holidays_do_not_fit"),
        ),
    ],
)
def test_an_entry_that_means_nothing_is_refused(home: Home, fault: tuple[str, str]) -> None:
    assert refused(home) == [fault]


def test_parity_takes_an_anchor_for_strict_turns() -> None:
    assert (
        refused(
            Home(ResidencePattern.WEEK_PARITY, (A, B), FIRST, turns=Turns(change_weekday=5, change_hour=time(16, 30)))
        )
        == []
    )


@given(st.integers(0, 60), st.integers(0, SWAPPED_DAYS_MAX - 1), st.sampled_from([A, B]), st.integers(0, 150))
def test_days_by_hand_change_these_days_alone_and_go_again(start: int, count: int, home: UUID, offset: int) -> None:
    before, day = living(), FIRST + timedelta(days=offset)
    during = DateRange(FIRST + timedelta(days=start), FIRST + timedelta(days=start + count))
    swapped = with_swap(before, home, during, BELONGS)
    assert isinstance(swapped, Custody)
    by_pattern = home_on(before.residences(), day)
    assert home_on(swapped.residences(), day) == (home if day in during else by_pattern)
    again = with_swap(swapped, None, during, BELONGS)
    assert isinstance(again, Custody)
    assert again.residences() == before.residences()


def test_days_by_hand_outlive_a_correction_of_the_pattern() -> None:
    day = DateRange(FIRST, FIRST)
    swapped = with_swap(living(), A, day, BELONGS)
    assert isinstance(swapped, Custody)
    corrected = with_home(swapped, Home(ResidencePattern.SINGLE, (B,)), DateRange(FIRST), BELONGS)
    assert isinstance(corrected, Custody)
    homes = [home_on(corrected.residences(), FIRST + timedelta(days=offset)) for offset in range(2)]
    assert homes == [A, B]


def test_published_residences_share_no_day() -> None:
    swapped = with_swap(living(), A, DateRange(FIRST + timedelta(days=8), FIRST + timedelta(days=9)), BELONGS)
    assert isinstance(swapped, Custody)
    ranges = [DateRange.between(item.starts_on, item.ends_on) for item in swapped.residences()]
    assert len(ranges) == 3
    assert all(before.last < after.first for before, after in pairwise(ranges))


def test_a_swap_is_bounded_and_at_a_home_of_the_child() -> None:
    long = with_swap(living(), A, DateRange(FIRST, FIRST + timedelta(days=SWAPPED_DAYS_MAX)), BELONGS)
    strange = with_swap(living(), ELSEWHERE, DateRange(FIRST, FIRST), BELONGS)
    codes = [[field.code for field in item.fields] for item in (long, strange) if isinstance(item, Invalid)]
    assert codes == [["swap_too_long"], ["child_not_in_household"]]


def test_whoever_leaves_a_home_is_there_by_hand_no_more() -> None:
    later = DateRange(FIRST + timedelta(days=40), FIRST + timedelta(days=41))
    swapped = with_swap(living(), B, later, BELONGS)
    assert isinstance(swapped, Custody)
    left = without_household(swapped, B, Days.between(FIRST + timedelta(days=20)))
    assert home_on(left.residences(), later.first) is None
    assert home_on(left.residences(), FIRST) == B


def test_a_date_says_of_what_and_is_not_to_come() -> None:
    today = date(2026, 11, 30)
    assert [fault.code for fault in evidence_faults(Evidence(None, today, "RG 26/0123"), today)] == ["missing"]
    later = Evidence(EvidenceKind.JUDGMENT, today + timedelta(days=1))
    assert [fault.code for fault in evidence_faults(later, today)] == ["evidence_in_future"]
    assert not list(evidence_faults(Evidence(EvidenceKind.JUDGMENT, today, "RG 26/0123"), today))
    assert not list(evidence_faults(Evidence(None, None, "lettre des parents"), today))
