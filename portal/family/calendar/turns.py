"""The homes of a child in words, beside the calendar: at whose it is, and when it changes. Of the other home nothing is known here."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from contracts.family.custody import ChildWithTurns
from contracts.family.custody_api import children_in_turns
from gateway.composing import permitted
from portal.frame.visit import Visit
from portal.kit import Texts
from portal.kit.formats import date_day, date_words


@dataclass(frozen=True, slots=True)
class TurnLine:
    """Days in a row and where they are, in words."""

    days: str
    where: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A child's turns: where it is today, the next change, and the weeks to come."""

    name: str
    now: str
    change: str
    lines: tuple[TurnLine, ...]


async def turns_shown(visit: Visit, household_id: UUID) -> dict[str, Any]:
    """What the calendar of a household says of homes: nothing for children of one home, or while the service does not answer."""
    part = await permitted(visit.call(children_in_turns, household_id))
    children = part.value.items if part and part.value else ()
    return {"turns": [turn_view(child, visit.portal.texts) for child in children]}


def turn_view(child: ChildWithTurns, texts: Texts) -> TurnView:
    """A child's turns in words."""
    today, *later = child.stays
    change = ""
    if later:
        moment = f"turns.to_{_place(later[0].is_here)}"
        change = texts(moment, day=date_day(later[0].starts_on), hour=_hour(child.change_hour, texts))
    return TurnView(
        name=child.first_name,
        now=texts(f"turns.now_{_place(today.is_here)}", name=child.first_name, day=date_day(today.ends_on)),
        change=change,
        lines=tuple(
            TurnLine(_days(stay.starts_on, stay.ends_on, texts), texts(f"turns.at_{_place(stay.is_here)}"))
            for stay in child.stays
        ),
    )


def _place(is_here: bool | None) -> str:
    return "unknown" if is_here is None else "here" if is_here else "there"


def _hour(at: time | None, texts: Texts) -> str:
    return texts("turns.hour", hour=at.hour, minute=f"{at.minute:02}") if at else texts("turns.after_school")


def _days(first: date, last: date, texts: Texts) -> str:
    return texts("turns.between", first=date_day(first), last=date_words(last))
