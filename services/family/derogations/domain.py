"""What may be asked and decided of derogations. Pure."""

from collections.abc import Collection
from datetime import date
from typing import Final

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.child_events import DerogationStatus

from ..errors import DerogationSettled

KEPT_YEARS: Final = 2
"""How long after its school year a request is kept: as long as a decision is contested, and a sibling's request looks back to it."""


def check_request(school: str, sector_schools: Collection[str], asked_on: date, today: date) -> Refusal | None:
    """What is wrong with a request: it is for the school that is the child's by each of its homes, or of a day that is to come."""
    if asked_on > today:
        return Invalid(FieldRefusal("/asked_on", "derogation_in_future"))
    if set(sector_schools) == {school}:
        return Invalid(FieldRefusal("/school", "derogation_not_needed"))
    return None


def decided(status: DerogationStatus, *, is_granted: bool, reason: str) -> DerogationStatus | Refusal:
    """What a request is once it is decided. The same decision again is no fault; a refusal needs its reason."""
    wanted = DerogationStatus.GRANTED if is_granted else DerogationStatus.REFUSED
    if status not in (DerogationStatus.WAITING, wanted):
        return DerogationSettled(status=status.value)
    if not is_granted and not reason:
        return Invalid(FieldRefusal("/reason", "missing"))
    return wanted


def withdrawn(status: DerogationStatus) -> DerogationStatus | Refusal:
    """What a request is once the family gives it up: while it waits, or what was granted."""
    if status is DerogationStatus.REFUSED:
        return DerogationSettled(status=status.value)
    return DerogationStatus.WITHDRAWN


def oldest_kept(school_year: int) -> int:
    """The first school year of which requests are kept, in a school year."""
    return school_year - KEPT_YEARS
