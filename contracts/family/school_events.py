"""Where children go to school, as the family service publishes it, and the closed lists that it is said in."""

from datetime import date
from enum import StrEnum, auto
from typing import ClassVar, Final
from uuid import UUID

from contracts.event import Event, Model


class SchoolLevel(StrEnum):
    """Levels of the first degree, from the sections of nursery school to CM2, and its two units: ULIS for pupils with a disability, UPE2A for those who have
    just arrived. OUT_OF_SCHOOL: a child is taught at home, or past the first degree. Source: education code, D321-2, D113-1; circular 2015-129."""

    TPS = auto()
    PS = auto()
    MS = auto()
    GS = auto()
    CP = auto()
    CE1 = auto()
    CE2 = auto()
    CM1 = auto()
    CM2 = auto()
    ULIS = auto()
    UPE2A = auto()
    OUT_OF_SCHOOL = auto()


SECTIONS: Final = (
    SchoolLevel.TPS,
    SchoolLevel.PS,
    SchoolLevel.MS,
    SchoolLevel.GS,
    SchoolLevel.CP,
    SchoolLevel.CE1,
    SchoolLevel.CE2,
    SchoolLevel.CM1,
    SchoolLevel.CM2,
)
"""The levels that follow each other, from that of the children who turn two to the last year of primary school: those that have sectors."""


class StepKind(StrEnum):
    """What becomes of pupils: they move up, stay a year more in their level, or leave the school; UNDECIDED as long as nobody said."""

    MOVES_UP = auto()
    REPEATS = auto()
    LEAVES = auto()
    UNDECIDED = auto()


class PupilOutcome(StrEnum):
    """What a pupil comes to. TO_MOVE and MOVED: the school's next year, in a class of it. LEAVES: nothing is said of the next year. UNCLASSED: the pupil is in no
    class, so that none follows. UNDECIDED: nobody said what becomes of the class. KNOWN: the next year was said already, and stays. CHANGED: the
    pupil's school or class is another one than when the change was started. UNDONE: it was moved, and is not any more."""

    TO_MOVE = auto()
    MOVED = auto()
    LEAVES = auto()
    UNCLASSED = auto()
    UNDECIDED = auto()
    KNOWN = auto()
    CHANGED = auto()
    UNDONE = auto()


class Schooling(Model):
    """Where a child goes to school, from a day until a day of one school year; both count.

    `level` is one of `SchoolLevel`, as this release knows them. `school_code` is that of a school of the town, which is the code of the site where activities
    are held there; a school elsewhere has a label alone, and a child out of school neither. Without a class, nobody has put the child in one yet.
    """

    level: str
    school_code: str | None
    school_label: str | None
    class_id: UUID | None
    class_label: str | None
    starts_on: date
    ends_on: date


class SchoolingState(Event):
    """Where a child goes to school, whole, oldest first. Personal data: state topic only. A tombstone erases it."""

    event_type: ClassVar[str] = "family.schooling_state.v1"
    topic: ClassVar[str] = "family.schoolings"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    schoolings: tuple[Schooling, ...]
