"""What files lack, or say against each other: lists for agents."""

from datetime import date
from enum import StrEnum, auto
from uuid import UUID

from contracts.event import Model


class GapKind(StrEnum):
    """What is missing in a file, or contradicts another one."""

    NO_PAYER = auto()
    NO_HOME = auto()
    NO_REPRESENTATIVE = auto()
    NO_SCHOOL = auto()
    NO_CLASS = auto()
    NO_INSURANCE = auto()
    UNREACHABLE = auto()
    PROTECTED_ADDRESS = auto()
    BIRTH_OVERDUE = auto()
    CHANGE_WAITING = auto()
    DOUBLED_ADULT = auto()
    REOPENING_ASKED = auto()
    ARCHIVED_IN_USE = auto()
    ENROLLMENT_LEFT = auto()


class GapCount(Model):
    """How many there are of a kind."""

    kind: GapKind
    count: int


class Gap(Model):
    """One of a list: the file where it is mended, and whom it is about, if it is about one person. `since_on`: since which day, where that is known; `other_reference`: the
    file that says something else."""

    kind: GapKind
    household_id: UUID
    reference: str
    payer_name: str
    person_id: UUID | None
    person_name: str | None
    since_on: date | None
    other_reference: str | None
