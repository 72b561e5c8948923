"""Ending an enrollment and changing its group: what is left of its days and groups."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from chassis.days import DateRange
from chassis.refusal import Refusal
from chassis.timeline import Timeline
from contracts.types import EnrollmentStatus
from services.booking.enrollments.domain import Cut, Enrolled, change_group, cut_enrollment
from tests.unit.booking.test_decide import SLOTS, child
from tests.unit.booking.test_giving_back import booking

FIRST, LAST = date(2026, 9, 2), date(2027, 6, 30)
DAYS = DateRange(FIRST, LAST)
GROUPS = [uuid4() for _ in range(3)]
ENROLLED = Enrolled(
    uuid4(), uuid4(), uuid4(), uuid4(), EnrollmentStatus.VALIDATED, DAYS, Timeline.of([(DAYS, GROUPS[0])])
)
days = st.dates(FIRST - timedelta(days=5), LAST + timedelta(days=5))


@given(st.lists(st.tuples(days, st.sampled_from(GROUPS)), max_size=6), days)
def test_groups_cover_the_days_that_are_left_and_no_other(changes: list[tuple[date, UUID]], from_on: date) -> None:
    enrollment = ENROLLED
    for day, group_id in changes:
        groups = change_group(enrollment, group_id, day, FIRST - timedelta(days=9), [])
        if isinstance(groups, Refusal):
            assert day > LAST
            continue
        enrollment = replace(enrollment, groups=groups)
        assert enrollment.groups.at(LAST) == group_id
        assert [*enrollment.groups.days] == [DAYS]
    cut = cut_enrollment(enrollment, from_on, FIRST - timedelta(days=9), [])
    if isinstance(cut, Refusal):
        assert from_on > LAST
        return
    assert [*cut.groups.days] == ([cut.days] if cut.days else [])
    assert cut.days == (DateRange(FIRST, from_on - timedelta(days=1)) if from_on > FIRST else None)
    assert cut.status is (EnrollmentStatus.VALIDATED if cut.days else EnrollmentStatus.ENDED)


def test_what_is_over_and_what_was_decided_stays() -> None:
    today = date(2026, 12, 1)
    ended = cut_enrollment(replace(ENROLLED, status=EnrollmentStatus.ENDED), today, today, [])
    past = cut_enrollment(ENROLLED, today - timedelta(days=1), today, [])
    booked = booking(child(), SLOTS[0])
    closed = cut_enrollment(ENROLLED, today, today, [replace(booked, slot=replace(SLOTS[0], is_closed=True))])
    recorded = cut_enrollment(ENROLLED, today, today, [replace(booked, is_recorded=True)])
    present = cut_enrollment(ENROLLED, today, today, [replace(booked, is_present=True)])
    assert [outcome.code() for outcome in (ended, past, closed, recorded, present) if isinstance(outcome, Refusal)] == [
        "enrollment_already_decided",
        "invalid",
        "attendance_closed",
        "attendance_closed",
        "child_was_present",
    ]
    assert isinstance(cut_enrollment(ENROLLED, today, today, [booked]), Cut)


def test_a_child_leaves_no_group_in_which_days_are_booked() -> None:
    """Those that stay in their group stand in the way of nothing."""
    today, turn = date(2026, 12, 1), date(2027, 1, 4)
    enrollment = replace(ENROLLED, groups=ENROLLED.groups.put(DateRange(turn, LAST), GROUPS[1]))
    early, late = (booking(child(), replace(SLOTS[0], service_on=day)) for day in (date(2026, 12, 9), date(2027, 2, 3)))
    for booked, remaining in (([early, late], 1), ([late], 0)):
        moved = change_group(enrollment, GROUPS[1], today, today, booked)
        assert isinstance(moved, Refusal) == bool(remaining)
        if isinstance(moved, Refusal):
            assert (moved.code(), dict(moved.params)) == (
                "bookings_remain",
                {"count": remaining, "service_on": early.slot.service_on},
            )
