"""Who belongs to a household when, and the next day on which that or who pays turns."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.days import ONE_DAY, DateRange, Days
from chassis.timeline import Timeline
from services.family.households.domain import Address, HouseholdFile, Member, joined

FIRST = date(2026, 9, 1)
HORIZON = 40
PEOPLE = [UUID(int=number) for number in range(1, 4)]


@st.composite
def ranges(draw: st.DrawFn) -> DateRange:
    start, length = draw(st.integers(0, HORIZON)), draw(st.integers(0, 15) | st.none())
    first = FIRST + timedelta(days=start)
    return DateRange(first) if length is None else DateRange(first, first + timedelta(days=length))


members = st.lists(st.builds(Member, st.sampled_from(PEOPLE), ranges()))


def built(items: list[Member]) -> tuple[Member, ...]:
    """The members of a file, let in one after another."""
    known: tuple[Member, ...] = ()
    for item in items:
        known = joined(known, item.person_id, item.during)
    return known


def days_of(known: tuple[Member, ...], person_id: UUID) -> Days:
    return Days.of(member.during for member in known if member.person_id == person_id)


@given(members, st.sampled_from(PEOPLE), ranges())
def test_whoever_joins_keeps_their_place_and_the_others_their_days(
    items: list[Member], person_id: UUID, during: DateRange
) -> None:
    before = built(items)
    after = joined(before, person_id, during)
    assert days_of(after, person_id) == days_of(before, person_id) | Days((during,))
    assert joined(after, person_id, during) == after
    others = [member for member in before if member.person_id != person_id]
    assert [member for member in after if member.person_id != person_id] == others
    order = list(dict.fromkeys(member.person_id for member in before))
    assert list(dict.fromkeys(member.person_id for member in after)) == list(dict.fromkeys([*order, person_id]))


@given(members, members, st.lists(st.tuples(ranges(), st.sampled_from(PEOPLE))), st.integers(-5, HORIZON + 30))
def test_the_next_turn_is_the_first_day_that_differs_from_the_one_before(
    adults: list[Member], children: list[Member], payers: list[tuple[DateRange, UUID]], offset: int
) -> None:
    """By the definition, day after day: who belongs to the household and who pays for it."""
    file = HouseholdFile(
        household_id=UUID(int=9),
        reference="F-000001",
        address=Address(("1 rue A",), "14000", "Ifs"),
        adults=(),
        children=(),
        adult_members=built(adults),
        child_members=built(children),
        payers=Timeline.of(payers),
        created_at=datetime(2026, 9, 1, tzinfo=UTC),
    )

    def standing(day: date) -> tuple[object, ...]:
        groups = (file.adult_members, file.child_members)
        belonging = [{member.person_id for member in group if day in member.during} for group in groups]
        return (*belonging, file.payers.at(day))

    today = FIRST + timedelta(days=offset)
    later = (today + timedelta(days=number) for number in range(1, 2 * HORIZON + 60))
    expected = next((day for day in later if standing(day) != standing(day - ONE_DAY)), None)
    assert file.next_turn_on(today) == expected
