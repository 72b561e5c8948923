"""The calendar as it is drawn: the booking service's answer, worded for a cell, a label and a popover, in week, month or list.

A cell that can be acted on is a checkbox named `slot`; what was already on when the page was drawn is repeated in hidden
fields named `was`. Ticked and not `was` is to be added, `was` and not ticked is to be removed: `Choices` says which.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.booking.models import Calendar, CalendarRow, DayCell
from contracts.types import DayState
from portal.kit.days import monday
from portal.kit.formats import date_day, time_words
from portal.kit.wording import Texts

ROWS_MAX: Final = 5
DAYS_MAX: Final = 7
"""Above these a week no longer fits a screen as a table: it is drawn as a list by day."""

ON: Final = frozenset({DayState.BOOKED, DayState.WAITING})
OPEN: Final = frozenset({DayState.BOOKABLE, DayState.LATE, DayState.CANCELLED})
CHOOSABLE: Final = OPEN | {DayState.BOOKED}
CHOOSABLE_WITH_WAITING_LIST: Final = CHOOSABLE | {DayState.FULL, DayState.WAITING}

MISSING, WAITING = "document_missing", "document_waiting"
"""Why a day is closed whose activity asks for documents first."""

_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class CellView:
    """A child, an activity and a day. `control` is empty when nothing can be done, and then `reason` says why; `way_url` is where
    a document is sent that the day waits for."""

    day: date
    state: DayState
    control: str
    was_on: bool
    is_on: bool
    label: str
    reason: str
    note: str
    child: str
    activity: str
    is_of_documents: bool = False
    way_url: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One child in one unit of an activity; `marker` is the status of the enrollment."""

    child: str
    activity: str
    site: str
    marker: str
    cells: Sequence[CellView]

    def on(self, day: date) -> CellView | None:
        """The cell of a day, if the activity takes place on it."""
        return next((cell for cell in self.cells if cell.day == day), None)

    def in_week(self, week: date, weekday: date) -> CellView | None:
        """The cell of a week, given by its Monday, on the same day of the week as another date."""
        return self.on(week + timedelta(days=weekday.weekday()))

    def weekdays(self) -> list[date]:
        """One day for each day of the week on which the activity takes place: the columns of its month."""
        return list(
            {cell.day.weekday(): cell.day for cell in sorted(self.cells, key=lambda cell: cell.day.weekday())}.values()
        )

    def weeks(self) -> list[date]:
        """The Mondays of the weeks in which the activity takes place: the rows of its month."""
        return sorted({monday(cell.day) for cell in self.cells})


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What a page draws. `carried` and `carried_were` are choices made on other weeks, kept in hidden fields."""

    days: Sequence[date]
    rows: Sequence[RowView]
    carried: Sequence[str] = ()
    carried_were: Sequence[str] = ()

    @property
    def is_large(self) -> bool:
        """Whether it is drawn as a list by day."""
        return len(self.rows) > ROWS_MAX or len(self.days) > DAYS_MAX

    def asked_documents(self) -> list[CellView]:
        """One day of each child and activity that waits for documents, and of each reason."""
        asked = [cell for row in self.rows for cell in row.cells if cell.is_of_documents]
        return list({(cell.child, cell.activity, cell.reason): cell for cell in asked}.values())

    def by_day(self) -> list[tuple[date, list[CellView]]]:
        """The cells of each day on which something takes place."""
        listed = [(day, [cell for row in self.rows if (cell := row.on(day))]) for day in self.days]
        return [(day, cells) for day, cells in listed if cells]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a family asked for on the form: the controls to add and those to remove, each in the order in which they were drawn."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def of_form(cls, slots: Sequence[str], were: Sequence[str]) -> "Choices":
        """The choices of a form with these controls ticked, and those that were on when it was drawn."""
        ticked, known = set(slots), set(were)
        return cls(
            tuple(control for control in slots if control not in known),
            tuple(control for control in were if control not in ticked),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.added and not self.removed

    def is_on(self, control: str, was_on: bool) -> bool:
        """Whether a control is ticked that was on, or was not, before anything was chosen."""
        return control not in self.removed if was_on else control in self.added


@dataclass(frozen=True, slots=True)
class CalendarOptions:
    """How a town draws its calendar."""

    zone: ZoneInfo
    choosable: Collection[DayState] = CHOOSABLE
    documents_url: str = ""
    """Where whoever looks sends documents."""


NO_CHOICES: Final = Choices()


def calendar_view(
    calendar: Calendar,
    texts: Texts,
    refusal: Callable[[str, Mapping[str, Any]], str],
    options: CalendarOptions,
    choices: Choices = NO_CHOICES,
) -> CalendarView:
    """The calendar of a household, drawn with the choices already made on the form, if any.

    `refusal` words the code and parameters of a reason (`portal.kit.refusal_texts.RefusalTexts.refusal`).
    """
    several = {child for child, count in Counter(row.child_id for row in calendar.rows).items() if count > 1}
    worder = _Worder(texts, refusal, choices, options)
    rows = [worder.row(row, names_activity=row.child_id in several) for row in calendar.rows]
    shown = {cell.control for row in rows for cell in row.cells}
    return CalendarView(
        days=_days(calendar),
        rows=rows,
        carried=sorted(set(choices.added) - shown),
        carried_were=sorted(set(choices.removed) - shown),
    )


def merged(calendar: Calendar, beside: Calendar) -> Calendar:
    """One calendar of two periods that share no day; rows that are in both have the days of both."""
    days = {_row_key(row): row.cells for row in beside.rows}
    rows = [row.model_copy(update={"cells": (*row.cells, *days.pop(_row_key(row), ()))}) for row in calendar.rows]
    return calendar.model_copy(update={"rows": (*rows, *(row for row in beside.rows if _row_key(row) in days))})


def _row_key(row: CalendarRow) -> tuple[object, ...]:
    return row.child_id, row.activity_id, row.unit_code


def _shown_activity(row: CalendarRow) -> str:
    """What a row is about: its activity, and its unit where there are several."""
    return f"{row.activity_label} – {row.unit_label}" if row.unit_label else row.activity_label


def settled(calendar: Calendar, choices: Choices) -> Choices:
    """What remains of choices that were made on an older calendar: what is done already or cannot be done is left out."""
    choosable = {control: state in ON for control, state in _states(calendar).items() if state in CHOOSABLE}
    return Choices(
        tuple(control for control in choices.added if choosable.get(control) is False),
        tuple(control for control in choices.removed if choosable.get(control) is True),
    )


def outstanding(calendar: Calendar, choices: Choices) -> Choices:
    """What is not done yet of choices, whether it can still be done or not."""
    on = {control for control, state in _states(calendar).items() if state in ON | {DayState.BOOKED_LOCKED}}
    return Choices(
        tuple(control for control in choices.added if control not in on),
        tuple(control for control in choices.removed if control in on),
    )


def _states(calendar: Calendar) -> dict[str, DayState]:
    return {f"{row.child_id}:{cell.slot_id}": cell.state for row in calendar.rows for cell in row.cells}


def _days(calendar: Calendar) -> list[date]:
    """Monday to Friday always, so that a day keeps its column from week to week; the week-end when it is used."""
    used = {cell.service_on for row in calendar.rows for cell in row.cells}
    span = (calendar.to_on - calendar.from_on).days + 1
    days = (calendar.from_on + timedelta(days=offset) for offset in range(span))
    return [day for day in days if day.weekday() <= _FRIDAY or day in used]


class _Worder:
    """Words the cells of one calendar."""

    def __init__(
        self,
        texts: Texts,
        refusal: Callable[[str, Mapping[str, Any]], str],
        choices: Choices,
        options: CalendarOptions,
    ) -> None:
        self._texts, self._refusal, self._choices, self._options = texts, refusal, choices, options

    def row(self, row: CalendarRow, *, names_activity: bool) -> RowView:
        """A child in an activity; the labels name the activity when the child has several."""
        activity = f"{_shown_activity(row)}, " if names_activity else ""
        cells = [self._cell(row, cell, activity) for cell in row.cells]
        return RowView(row.child_name, _shown_activity(row), row.site_label, row.marker, cells)

    def _cell(self, row: CalendarRow, cell: DayCell, activity: str) -> CellView:
        control = f"{row.child_id}:{cell.slot_id}" if cell.state in self._options.choosable else ""
        was_on = cell.state in ON
        is_on = self._choices.is_on(control, was_on) if control else was_on
        reason = "" if control else self._reason(cell)
        day = date_day(cell.service_on)
        label = self._texts("kit.cell_label", child=row.child_name, activity=activity, day=day, state=self._state(cell))
        return CellView(
            day=cell.service_on,
            state=cell.state,
            control=control,
            was_on=was_on,
            is_on=is_on,
            label=label,
            reason=reason,
            note=self._note(cell),
            child=row.child_name,
            activity=_shown_activity(row),
            is_of_documents=cell.reason in (MISSING, WAITING),
            way_url=self._options.documents_url if cell.reason == MISSING else "",
        )

    def _note(self, cell: DayCell) -> str:
        if cell.state is DayState.WAITING and "rank" in cell.params:
            return self._texts("kit.rank", rank=cell.params["rank"])
        if cell.free is None or cell.state not in OPEN:
            return ""
        return self._texts("kit.places", count=cell.free)

    def _state(self, cell: DayCell) -> str:
        key = f"kit.cell.{cell.state}"
        if cell.until is not None and f"{key}_until" in self._texts:
            return self._texts(f"{key}_until", until=self._instant(cell.until))
        return self._texts(key, **cell.params)

    def _reason(self, cell: DayCell) -> str:
        if cell.reason is not None:
            return self._refusal(cell.reason, cell.params)
        return self._texts(f"kit.reason.{cell.state}")

    def _instant(self, instant: datetime) -> str:
        zone = self._options.zone
        return self._texts("kit.instant", day=date_day(instant, zone), time=time_words(instant, zone))
