"""Who pays once somebody may no longer: nobody on those days, and everybody else as before."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.days import DateRange, Days
from chassis.timeline import Timeline
from services.family.households.domain import without_payer

FIRST = date(2026, 9, 1)
HORIZON = 40
ADULTS = [UUID(int=number) for number in range(1, 4)]


@st.composite
def ranges(draw: st.DrawFn) -> DateRange:
    start, length = draw(st.integers(0, HORIZON)), draw(st.integers(0, 15))
    return DateRange(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length))


timelines = st.lists(st.tuples(ranges(), st.sampled_from(ADULTS))).map(Timeline.of)


@given(timelines, st.sampled_from(ADULTS), st.lists(ranges()).map(Days.of))
def test_only_the_days_of_whoever_left_lose_their_payer(payers: Timeline[UUID], adult_id: UUID, gone: Days) -> None:
    after = without_payer(payers, adult_id, gone)
    for offset in range(HORIZON + 20):
        day = FIRST + timedelta(days=offset)
        before = payers.at(day)
        assert after.at(day) == (None if before == adult_id and day in gone else before)
