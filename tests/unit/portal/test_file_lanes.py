"""Lanes over time: cut where something changes, drawn without one bar upon another; names that tell children apart; the letters of a week."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from chassis.comparing import Person
from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.types import DayState, EnrollmentStatus
from portal.agents.file.lanes import Lane, Span, drawing, periods, reach
from portal.agents.file.names import short_names
from portal.agents.file.week import week_of

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def span(start: int, length: int | None) -> Span:
    """So many days from the first, for so many days; without an end if None."""
    starts_on = FIRST + timedelta(days=start)
    return Span(f"{start}+{length}", starts_on, None if length is None else starts_on + timedelta(days=length))


SPANS = st.builds(span, st.integers(-400, 400), st.one_of(st.none(), st.integers(0, 500)))


def test_a_period_begins_where_something_does_and_ends_where_something_does() -> None:
    payer = Lane("Payeurs", [Span("Amel", date(2025, 1, 1), date(2026, 3, 31)), Span("Julien", date(2026, 4, 1), None)])
    quotient = Lane("Quotient", [Span("742", date(2026, 2, 1), None)])
    rows = periods([payer, quotient], FIRST, LAST)
    assert [(str(row.starts_on), str(row.ends_on), row.cells) for row in rows] == [
        ("2026-04-01", "2026-12-31", [["Julien"], ["742"]]),
        ("2026-02-01", "2026-03-31", [["Amel"], ["742"]]),
        ("2026-01-01", "2026-01-31", [["Amel"], []]),
    ]


def test_an_invoice_stands_in_the_period_of_its_day_and_begins_none() -> None:
    invoices = Lane("Factures", [Span("2026-000001", date(2026, 5, 3), date(2026, 5, 3), is_event=True)])
    (row,) = periods([invoices], FIRST, LAST)
    assert row.cells == [["2026-000001"]]


@given(st.lists(SPANS, max_size=8))
def test_periods_cover_every_day_once_and_nothing_changes_within_one(spans: list[Span]) -> None:
    rows = periods([Lane("x", spans)], FIRST, LAST)[::-1]
    assert (rows[0].starts_on, rows[-1].ends_on) == (FIRST, LAST)
    assert all(one.ends_on + timedelta(days=1) == other.starts_on for one, other in pairwise(rows))
    for row in rows:
        for day in (row.starts_on, row.ends_on):
            assert list(row.cells[0]) == [span.label for span in spans if span.meets(day, day)]


@given(st.lists(SPANS, max_size=8))
def test_no_bar_is_drawn_upon_another(spans: list[Span]) -> None:
    drawn = drawing([Lane("x", spans)], FIRST, LAST)
    bars = drawn.lanes[0][2]
    for number, one in enumerate(bars):
        for other in bars[number + 1 :]:
            assert one.y != other.y or one.x + one.width <= other.x or other.x + other.width <= one.x


def test_the_lanes_reach_as_far_as_they_speak_and_today() -> None:
    lanes = [Lane("x", [Span("a", date(2024, 9, 1), date(2025, 7, 4)), Span("b", date(2025, 9, 1), None)])]
    assert reach(lanes, date(2026, 5, 1)) == (date(2024, 9, 1), date(2026, 5, 1))
    assert reach([], date(2026, 5, 1)) == (date(2026, 5, 1), date(2026, 5, 1))


def test_children_of_one_first_name_and_initial_bear_their_birth_dates() -> None:
    """Also those whose whole last names differ: at the counter they are both Emma M."""
    one, other, third, alone = (UUID(int=number) for number in range(4))
    names = short_names(
        {
            one: Person("Emma", "Martin", date(2018, 3, 2)),
            other: Person("Emma", "Moreau", date(2018, 9, 14)),
            third: Person("Émma", "Durand", date(2019, 1, 1)),
            alone: Person("Noé", "Martin", date(2020, 1, 1)),
        }
    )
    assert names[one].endswith("(02/03/2018)")
    assert names[other].endswith("(14/09/2018)")
    assert names[third] == "Émma Durand"
    assert names[alone] == "Noé"


def test_twins_of_one_name_are_told_apart_by_birth() -> None:
    one, other = uuid4(), uuid4()
    names = short_names({one: Person("Emma", "M", date(2018, 3, 2)), other: Person("Emma", "M", date(2018, 9, 14))})
    assert names == {one: "Emma M (02/03/2018)", other: "Emma M (14/09/2018)"}


def test_a_week_has_a_letter_for_each_thing_and_shows_what_is_booked_alone() -> None:
    child, monday = uuid4(), date(2026, 11, 30)

    def row(activity: str, *states: DayState) -> CalendarRow:
        cells = tuple(
            DayCell(slot_id=uuid4(), service_on=monday + timedelta(days=number), state=state)
            for number, state in enumerate(states)
        )
        return CalendarRow(
            child_id=child,
            child_first_name="Lina",
            child_name="Lina",
            activity_id=uuid4(),
            activity_label=activity,
            unit_code="day",
            unit_label=None,
            site_label="Maison",
            marker=EnrollmentStatus.VALIDATED,
            cells=cells,
        )

    rows = (
        row("Restauration", DayState.BOOKED, DayState.BOOKABLE),
        row("Récréation", DayState.BOOKABLE, DayState.PENDING),
    )
    calendar = Calendar(household_id=uuid4(), from_on=monday, to_on=monday + timedelta(days=6), rows=rows)
    week = week_of(calendar, {child: "Lina"})
    assert week.letters == {"R": "Restauration", "Ré": "Récréation"}
    assert len(week.days) == 5
    (lina,) = week.rows
    assert [[stay.letter for stay in lina.days.get(day, ())] for day in week.days] == [["R"], ["Ré"], [], [], []]
