"""The state of a day: what holds for every combination of facts."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import age_on, deadline
from chassis.days import DateRange
from contracts.types import BookingStatus, DayState, EnrollmentStatus
from services.booking.calendar.domain import (
    OPEN_STATES,
    DayFacts,
    EnrollmentFacts,
    Standing,
    derive_day_state,
)
from services.booking.documents.domain import Gap
from services.booking.places.domain import LIVE
from tests.unit.booking.days import COURSE, ZONE

days = st.dates(date(2026, 1, 1), date(2029, 12, 31))


@st.composite
def any_day(draw: st.DrawFn) -> DayFacts:
    service_on = draw(days)
    cutoff = deadline(service_on, draw(st.integers(0, 10)), draw(st.times()), ZONE)
    enrollment = draw(
        st.none()
        | st.builds(
            EnrollmentFacts,
            st.sampled_from(EnrollmentStatus),
            st.just(DateRange(*sorted(service_on + timedelta(days=draw(st.integers(-2, 2))) for _ in range(2)))),
            st.booleans(),
        )
    )
    return DayFacts(
        now=cutoff + timedelta(seconds=draw(st.integers(-2, 2))),
        service_on=service_on,
        cutoff=cutoff,
        capacity=draw(st.integers(0, 3)),
        taken=draw(st.integers(0, 3)),
        is_closed=draw(st.booleans()),
        enrollment=enrollment,
        age=draw(st.integers(2, 12)),
        age_min=3,
        age_max=11,
        booking=draw(st.none() | st.sampled_from(BookingStatus)),
        elsewhere=draw(st.sampled_from([None, COURSE])),
        excluded_by=draw(st.sampled_from([None, COURSE])),
        is_present=draw(st.booleans()),
        standing=draw(st.builds(Standing, *[st.booleans()] * 3)),
        gap=draw(st.none() | st.builds(Gap, st.just(("Attestation",)), st.booleans())),
        sites=draw(st.none() | st.sampled_from([frozenset[str](), frozenset({COURSE.site_code})])),
    )


@given(any_day())
def test_a_day_is_open_exactly_when_nothing_stands_against_it(day: DayFacts) -> None:
    enrollment = day.enrollment
    may_book = (
        day.booking not in LIVE
        and enrollment is not None
        and enrollment.status is EnrollmentStatus.VALIDATED
        and day.service_on in enrollment.days
        and enrollment.is_in_group
        and 3 <= day.age <= 11
        and day.now <= day.cutoff
        and not day.is_closed
        and not day.is_present
        and day.standing.is_member
        and day.standing.is_answered_for
        and day.elsewhere is None
        and day.excluded_by is None
        and day.taken < day.capacity
        and day.gap is None
    )
    assert (derive_day_state(day).state in OPEN_STATES) == may_book


@given(any_day())
def test_a_place_can_be_given_back_exactly_until_the_cutoff(day: DayFacts) -> None:
    is_booked = day.booking in LIVE
    is_open = not day.is_closed and not day.is_present
    may_cancel = is_booked and day.now <= day.cutoff and is_open and day.standing.may_give_back
    assert (derive_day_state(day).state is DayState.BOOKED) == may_cancel
    assert (derive_day_state(day).state in (DayState.BOOKED, DayState.BOOKED_LOCKED)) == is_booked


@given(any_day())
def test_whoever_can_do_nothing_is_told_why(day: DayFacts) -> None:
    verdict = derive_day_state(day)
    can_act = verdict.state in OPEN_STATES or verdict.state is DayState.BOOKED
    assert (verdict.reason is None) == can_act


@given(days, st.integers(0, 60), st.times())
def test_the_cutoff_is_the_civil_time_asked_for_unless_it_does_not_exist(day: date, days_before: int, at: time) -> None:
    civil = deadline(day, days_before, at, ZONE).astimezone(ZONE)
    asked = datetime.combine(day - timedelta(days=days_before), at)
    shift = civil.replace(tzinfo=None) - asked
    assert shift == timedelta() or (shift == timedelta(hours=1) and (asked.month, asked.hour) == (3, 2))


@given(st.dates(date(2000, 1, 1), date(2026, 1, 1)), days)
def test_age_counts_the_birthdays_passed(birth_on: date, day: date) -> None:
    def birthday(year: int) -> date:
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if (birth_on.month, birth_on.day) == (2, 29) and not is_leap:
            return date(year, 3, 1)
        return birth_on.replace(year=year)

    assert age_on(birth_on, day) == sum(birthday(year) <= day for year in range(birth_on.year + 1, day.year + 1))


def test_a_cutoff_is_the_same_instant_whatever_zone_it_is_read_in() -> None:
    cutoff = deadline(date(2026, 9, 9), 2, time(12), ZONE)
    assert cutoff.tzinfo is UTC
