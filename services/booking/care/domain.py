"""When what a child needs is shown, and what of it counts on a day. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

from contracts.booking.care_events import Leaving

SHOWN_AHEAD: Final = timedelta(days=1)
"""Meals are prepared, and outings planned, on the day before."""


@dataclass(frozen=True, slots=True)
class LeavingAnswer:
    """What a parent said, for some days, to the child's going home alone."""

    adult_id: UUID
    starts_on: date
    ends_on: date
    is_given: bool
    leaves_from: time | None


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who answers for a child on a day; `is_alone`: they have the authority alone."""

    adult_id: UUID
    is_alone: bool


def is_needed(service_on: date, today: date) -> bool:
    """Whether somebody needs to know today what the children of a day need."""
    return today <= service_on <= today + SHOWN_AHEAD


def leaving_on(
    day: date, answers: Iterable[LeavingAnswer], guardians: Collection[Guardian]
) -> tuple[Leaving, time | None]:
    """Whether a child may go home alone on a day, and from which hour: as the family service counts it, for who exercises authority that day.
    A refusal of either counts; of two hours the later one."""
    alone = {guardian.adult_id for guardian in guardians if guardian.is_alone}
    holding = alone or {guardian.adult_id for guardian in guardians}
    counted = [answer for answer in answers if answer.adult_id in holding and answer.starts_on <= day <= answer.ends_on]
    if not counted:
        return Leaving.UNANSWERED, None
    if not all(answer.is_given for answer in counted):
        return Leaving.REFUSED, None
    return Leaving.GIVEN, max((answer.leaves_from for answer in counted if answer.leaves_from), default=None)
