"""The days of a week as the overview of a file shows them: one row for each child, a letter for each unit that it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from contracts.booking.models import Calendar, CalendarRow
from contracts.types import DayState

SHOWN: Final = frozenset({DayState.BOOKED, DayState.BOOKED_LOCKED, DayState.WAITING, DayState.PENDING})
WEEK: Final = timedelta(days=7)
FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Stay:
    """What a child comes to on a day, by its letter and in full."""

    letter: str
    label: str
    state: DayState


@dataclass(frozen=True, slots=True)
class Row:
    """A child, and what it comes to on each day that is shown."""

    name: str
    days: Mapping[date, Sequence[Stay]]


@dataclass(frozen=True, slots=True)
class Week:
    """The week that begins on a Monday, the letters of its legend, and the weeks beside it."""

    starts_on: date
    days: Sequence[date]
    rows: Sequence[Row]
    letters: Mapping[str, str]

    @property
    def previous_on(self) -> date:
        """The Monday before."""
        return self.starts_on - WEEK

    @property
    def next_on(self) -> date:
        """The Monday after."""
        return self.starts_on + WEEK


def week_of(calendar: Calendar, names: Mapping[UUID, str]) -> Week:
    """A week of a household's calendar, until Friday unless something takes place later."""
    coming = [row for row in calendar.rows if any(cell.state in SHOWN for cell in row.cells)]
    used = {cell.service_on for row in coming for cell in row.cells if cell.state in SHOWN}
    week = (calendar.from_on + timedelta(days=number) for number in range(7))
    days = [day for day in week if day.weekday() <= FRIDAY or day in used]
    letters = _letters([_label(row) for row in coming])
    children = {row.child_id: names.get(row.child_id, row.child_name) for row in calendar.rows}
    return Week(
        calendar.from_on,
        days,
        [Row(name, _stays(child_id, coming, letters)) for child_id, name in children.items()],
        {letter: label for label, letter in letters.items()},
    )


def _stays(child_id: UUID, rows: Sequence[CalendarRow], letters: Mapping[str, str]) -> dict[date, list[Stay]]:
    days: dict[date, list[Stay]] = {}
    for row in rows:
        if row.child_id == child_id:
            for cell in row.cells:
                if cell.state in SHOWN:
                    label = _label(row)
                    days.setdefault(cell.service_on, []).append(Stay(letters[label], label, cell.state))
    return days


def _label(row: CalendarRow) -> str:
    return f"{row.activity_label}, {row.unit_label}" if row.unit_label else row.activity_label


def _letters(labels: Sequence[str]) -> dict[str, str]:
    """A mark for each label, as short as tells it from those before: its initial, then one more letter, then a number."""
    marks: dict[str, str] = {}
    for label in labels:
        if label not in marks:
            short = [
                label[:1].upper(),
                label[:2].capitalize(),
                *(f"{label[:1].upper()}{number}" for number in range(2, 100)),
            ]
            marks[label] = next(mark for mark in short if mark not in marks.values())
    return marks
