"""What travels when the classes of a whole school change for the next year: who goes where, how far it has come, and its report."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.school_events import PupilOutcome as PupilOutcome
from contracts.family.school_events import SchoolLevel
from contracts.family.school_events import StepKind as StepKind
from contracts.family.schools import School, SchoolYear

STEPS_MAX: Final = 360


class ClassChangeStatus(StrEnum):
    """How far a change of classes has come: it is prepared, is worked off, is done, or was undone as a whole."""

    PREPARED = auto()
    RUNNING = auto()
    DONE = auto()
    UNDONE = auto()


class ClassChangeCreate(Model):
    """The school year that ends: its pupils are those of its last day."""

    school_year: SchoolYear


class StepChange(Model):
    """What becomes of the pupils of one level of a class; who moves up or repeats has a class of the next year."""

    class_id: UUID
    level: SchoolLevel
    kind: StepKind
    to_class_id: UUID | None = None


class StepsChange(Model):
    """What becomes of the pupils of the school, class by class; steps that are left out stay as they are."""

    steps: tuple[StepChange, ...] = Field(max_length=STEPS_MAX)


class PupilStep(Model):
    """What becomes of one pupil, in the place of what becomes of the class; without a `kind`, the pupil goes with the class again."""

    kind: StepKind | None = None
    to_class_id: UUID | None = None


class ClassStep(StepChange):
    """What becomes of a level of a class, in words. `next_level` is that of who moves up."""

    class_label: str
    next_level: SchoolLevel | None
    to_class_label: str | None
    pupil_count: int


class NextClass(Model):
    """A class of the next year in which pupils may be put."""

    class_id: UUID
    label: str
    levels: tuple[SchoolLevel, ...]


class OutcomeCount(Model):
    """So many pupils come to this."""

    outcome: PupilOutcome
    pupil_count: int


class ClassChangeRun(Model):
    """A change of classes and how far it has come. `is_undoable`: nothing that it wrote was changed since."""

    run_id: UUID
    school: School
    school_year: int
    status: ClassChangeStatus
    created_at: datetime
    created_by: UUID
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    finished_at: datetime | None
    undone_at: datetime | None
    undone_by: UUID | None
    is_undoable: bool
    steps: tuple[ClassStep, ...]
    next_classes: tuple[NextClass, ...]
    outcomes: tuple[OutcomeCount, ...]

    def pupils(self, *outcomes: PupilOutcome) -> int:
        """How many pupils come to one of these."""
        return sum(item.pupil_count for item in self.outcomes if item.outcome in outcomes)


class ClassChangeLine(Model):
    """A pupil in a change of classes: the class and level that it leaves, and what follows. `next_level` is that of who moves up; `own_kind` is said where it is
    another than its class's."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    class_label: str | None
    level: SchoolLevel
    next_level: SchoolLevel | None
    outcome: PupilOutcome
    own_kind: StepKind | None
    to_class_id: UUID | None
    to_class_label: str | None
    to_level: SchoolLevel | None
