"""Deciding many requests at once: what is done with each, and what has followed since. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.refusal import Refusal
from contracts.types import EnrollmentStatus

from ..enrollments.domain import decide_enrollment


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision as it stands: what it says, by whom and when; whether days were booked since, and whether the same was asked for again."""

    status: EnrollmentStatus
    decided_by: UUID | None
    decided_at: datetime | None
    is_booked: bool
    is_asked_again: bool


def decided_among(status: EnrollmentStatus, reason: str | None, *, is_validated: bool) -> EnrollmentStatus | str:
    """What an enrollment becomes, or the code of why it does not. What another agent decided stays, whatever it was."""
    if status is not EnrollmentStatus.REQUESTED:
        return "enrollment_already_decided"
    made = decide_enrollment(status, is_validated, reason)
    if isinstance(made, Refusal):
        return made.fields[0].code if made.fields else made.code()
    return made


def followed(taken: Taken, status: EnrollmentStatus, decided_by: UUID, decided_at: datetime) -> str | None:
    """What keeps a decision from being taken back."""
    if (taken.status, taken.decided_by, taken.decided_at) != (status, decided_by, decided_at):
        return "decided_again"
    if taken.is_booked:
        return "days_booked"
    return "enrollment_asked_again" if taken.is_asked_again else None
