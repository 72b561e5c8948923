"""Which procedure can be sent to a group and until when, and when those are reminded who did not answer. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from chassis.refusal import FieldRefusal, Refusal
from contracts.family.procedure_words import Procedure, Subject

from ..request_errors import CircularClosed, CircularMailedToday
from ..schools.domain import days_of, school_year_of

DAYS_AHEAD_MAX: Final = 366
DAYS_BACK_MAX: Final = 366
KEPT: Final = timedelta(days=400)
"""How long a circular is kept after its last day: until that of the next year is over."""


def is_sendable(procedure: Procedure, today: date) -> bool:
    """Whether every family of a child can answer a procedure: about a child, filled in here, open, behind no key and after no other one."""
    is_open_to_all = not procedure.leads_to and not procedure.service_key and procedure.after is None
    return procedure.subject is Subject.CHILD and is_open_to_all and procedure.is_open(today)


def faults(
    procedure: Procedure | None, school_year: int, days: tuple[date, date], today: date
) -> Iterator[FieldRefusal]:
    """What stands against a circular of a school year, answered since one day and until another."""
    since_on, ends_on = days
    if procedure is None or not is_sendable(procedure, today):
        yield FieldRefusal("/code", "circular_procedure_unfit")
    elif procedure.closes_on and procedure.closes_on < ends_on:
        yield FieldRefusal("/ends_on", "circular_outlives_procedure", (("last_on", procedure.closes_on.isoformat()),))
    if school_year < school_year_of(today) or days_of(school_year).first > today + timedelta(days=DAYS_AHEAD_MAX):
        yield FieldRefusal("/school_year", "circular_year_unlikely")
    if not today <= ends_on <= today + timedelta(days=DAYS_AHEAD_MAX):
        yield FieldRefusal("/ends_on", "circular_end_unlikely", (("days", DAYS_AHEAD_MAX),))
    if not today - timedelta(days=DAYS_BACK_MAX) <= since_on <= today:
        yield FieldRefusal("/since_on", "circular_since_unlikely", (("days", DAYS_BACK_MAX),))


def reminder_on(ends_on: date, reminder_days: int, today: date) -> date | None:
    """The day on which those are reminded who did not answer; none where the town says so, or where that day is not to come."""
    day = ends_on - timedelta(days=reminder_days)
    return day if reminder_days and day > today else None


def check_reminder(mailed_on: date, *, is_closed: bool, today: date) -> Refusal | None:
    """Why those who did not answer may not be reminded now."""
    if is_closed:
        return CircularClosed()
    return CircularMailedToday() if mailed_on >= today else None
