"""What a published residence means: at which home a child is on a day. Pure, so that every service reads the same."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from contracts.family.events import Residence
from contracts.types import ResidencePattern

WEEK_DAYS = 7


def home_on(residences: Sequence[Residence], day: date) -> UUID | None:
    """The household where a child is on a day; None when nothing says so, or says it in a way that this release does not know.

    Source: Code civil, 373-2-9 (residence at one home or alternately). The parity of ISO weeks does not alternate over week 53: who
    wants strict turns has an anchor date.
    """
    residence = next((item for item in residences if item.starts_on <= day <= (item.ends_on or date.max)), None)
    if residence is None:
        return None
    match residence.pattern:
        case ResidencePattern.SINGLE:
            return residence.household_ids[0]
        case ResidencePattern.WEEK_PARITY:
            return residence.household_ids[day.isocalendar().week % len(residence.household_ids)]
        case ResidencePattern.ALTERNATING if residence.anchor_on is not None:
            turns = (day - residence.anchor_on).days // WEEK_DAYS
            return residence.household_ids[turns % len(residence.household_ids)]
        case _:
            return None
