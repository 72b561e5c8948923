"""The calendar's answer, worded for a cell and its label; and what a form of checkboxes asks for."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.types import DayState, EnrollmentStatus
from portal.frame.calendar import (
    CHOOSABLE_WITH_WAITING_LIST,
    NO_CHOICES,
    OPEN,
    CalendarOptions,
    CellView,
    Choices,
    calendar_view,
    monday,
    settled,
)
from portal.kit import Texts

TEXTS = Texts.load()
OPTIONS = CalendarOptions(ZoneInfo("Europe/Paris"))
LINA = UUID(int=1)
TUESDAY = date(2026, 9, 8)
controls = st.lists(st.sampled_from("abcdef"), unique=True)


def refusal(code: str, params: object) -> str:
    return f"{code} {params}"


def calendar_of(*cells: DayCell, rows: int = 1, name: str = "Lina") -> Calendar:
    row = CalendarRow(
        child_id=LINA,
        child_first_name="Lina",
        child_name=name,
        activity_id=UUID(int=6),
        activity_label="Repas",
        unit_code="day",
        unit_label=None,
        site_label="Jean-Jaurès",
        marker=EnrollmentStatus.VALIDATED,
        cells=cells,
    )
    return Calendar(household_id=UUID(int=9), from_on=date(2026, 9, 7), to_on=date(2026, 9, 13), rows=(row,) * rows)


def day_cell(state: DayState, day: date = TUESDAY, **fields: object) -> DayCell:
    return DayCell.model_validate({"slot_id": UUID(int=day.day), "service_on": day, "state": state, **fields})


def only_cell(cell: DayCell, choices: Choices = NO_CHOICES) -> CellView:
    (row,) = calendar_view(calendar_of(cell), TEXTS, refusal, OPTIONS, choices).rows
    return row.cells[0]


def test_a_row_and_its_labels_bear_the_name_that_tells_the_child_apart() -> None:
    """Two children called Lina had rows and controls of the same name."""
    cell = day_cell(DayState.BOOKABLE)
    shown = [
        calendar_view(calendar_of(cell, name=name), TEXTS, refusal, OPTIONS).rows[0]
        for name in ("Lina Roy", "Lina Petit")
    ]
    assert [row.child for row in shown] == ["Lina Roy", "Lina Petit"]
    assert [row.cells[0].label.partition(",")[0] for row in shown] == ["Lina Roy", "Lina Petit"]


def test_a_label_says_the_child_the_day_the_state_and_until_when() -> None:
    cell = only_cell(day_cell(DayState.BOOKED, until=datetime(2026, 9, 7, 10, tzinfo=UTC)))
    spoken = cell.label.replace("\u00a0", " ")
    assert spoken == "Lina, mardi 8 septembre : réservé, annulable jusqu’au lundi 7 septembre à 12 h"


def test_a_label_names_the_activity_when_the_child_has_several() -> None:
    view = calendar_view(calendar_of(day_cell(DayState.FULL), rows=2), TEXTS, refusal, OPTIONS)
    assert view.rows[0].cells[0].label.startswith("Lina, Repas, mardi 8")


@pytest.mark.parametrize("state", list(DayState))
def test_every_state_is_either_a_choice_or_says_why_not(state: DayState) -> None:
    cell = only_cell(day_cell(state))
    assert bool(cell.control) != bool(cell.reason)
    (row,) = calendar_view(
        calendar_of(day_cell(state)), TEXTS, refusal, replace(OPTIONS, choosable=CHOOSABLE_WITH_WAITING_LIST)
    ).rows
    assert bool(row.cells[0].control) == (state in CHOOSABLE_WITH_WAITING_LIST)


@pytest.mark.parametrize(
    ("state", "note"),
    [(DayState.BOOKABLE, "3 places"), (DayState.CLOSED, ""), (DayState.BOOKED, ""), (DayState.FULL, "")],
)
def test_free_places_are_shown_only_where_one_may_book(state: DayState, note: str) -> None:
    assert only_cell(day_cell(state, free=3)).note == note


def test_the_rank_on_the_waiting_list_is_shown() -> None:
    assert only_cell(day_cell(DayState.WAITING, params={"rank": "2"})).note == "rang 2"


def test_a_reason_is_worded_with_its_facts() -> None:
    assert (
        only_cell(day_cell(DayState.CLOSED, reason="too_young", params={"age": "3"})).reason == "too_young {'age': '3'}"
    )


def test_a_redrawn_form_shows_what_was_ticked_and_keeps_the_other_weeks() -> None:
    booked, free = day_cell(DayState.BOOKED), day_cell(DayState.BOOKABLE, date(2026, 9, 10))
    ticked, elsewhere = f"{LINA}:{free.slot_id}", f"{LINA}:{UUID(int=99)}"
    choices = Choices.of_form([elsewhere, ticked], [f"{LINA}:{booked.slot_id}"])
    view = calendar_view(calendar_of(booked, free), TEXTS, refusal, OPTIONS, choices)
    assert [(cell.was_on, cell.is_on) for cell in view.rows[0].cells] == [(True, False), (False, True)]
    assert (view.carried, view.carried_were) == ([elsewhere], [])


@given(controls, controls)
def test_choices_lead_from_what_was_on_to_what_is_ticked(slots: list[str], were: list[str]) -> None:
    chosen = Choices.of_form(slots, were)
    assert (set(were) - set(chosen.removed)) | set(chosen.added) == set(slots)
    assert not set(chosen.added) & set(were)
    assert not set(chosen.removed) & set(slots)
    assert chosen.is_empty is (set(slots) == set(were))
    assert all(chosen.is_on(control, control in were) is (control in slots) for control in (*slots, *were))


def test_a_week_has_its_five_days_and_the_week_end_when_it_is_used() -> None:
    saturday = day_cell(DayState.BOOKABLE, date(2026, 9, 12))
    assert len(calendar_view(calendar_of(day_cell(DayState.BOOKABLE)), TEXTS, refusal, OPTIONS).days) == 5
    assert calendar_view(calendar_of(saturday), TEXTS, refusal, OPTIONS).days[-1] == date(2026, 9, 12)


def test_a_month_keeps_only_the_weekdays_of_the_activity() -> None:
    days = (date(2026, 9, 2), date(2026, 9, 9), date(2026, 9, 18))
    (row,) = calendar_view(
        calendar_of(*(day_cell(DayState.BOOKABLE, day) for day in days)), TEXTS, refusal, OPTIONS
    ).rows
    assert [day.weekday() for day in row.weekdays()] == [2, 4]
    assert row.weeks() == [monday(day) for day in days]
    cell = row.in_week(date(2026, 9, 14), date(2026, 9, 18))
    assert cell is not None
    assert cell.day == date(2026, 9, 18)
    assert row.in_week(date(2026, 9, 14), date(2026, 9, 16)) is None


def test_more_rows_than_a_screen_holds_become_a_list_by_day() -> None:
    five, six = (
        calendar_view(calendar_of(day_cell(DayState.BOOKABLE), rows=rows), TEXTS, refusal, OPTIONS) for rows in (5, 6)
    )
    assert not five.is_large
    assert six.is_large
    assert [(day, len(cells)) for day, cells in six.by_day()] == [(TUESDAY, 6)]


def test_after_a_refusal_what_is_done_or_impossible_is_left_out_of_the_choices() -> None:
    days = {state: day_cell(state, date(2026, 9, 8 + number)) for number, state in enumerate(DayState)}
    control = {state: f"{LINA}:{cell.slot_id}" for state, cell in days.items()}
    calendar = calendar_of(*days.values())
    controls = list(control.values())
    possible = tuple(control[state] for state in DayState if state in OPEN)
    assert settled(calendar, Choices(added=(*controls, "gone"))) == Choices(added=possible)
    assert settled(calendar, Choices(removed=(*controls, "gone"))) == Choices(removed=(control[DayState.BOOKED],))
    # A day that is not booked any more, which the form only shows as it was, is not asked for.
    assert settled(calendar, Choices.of_form(controls, controls)).is_empty
