"""What becomes of the pupils of a school when the year ends: steps for each level of a class, others for single pupils, and what each comes to. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.comparing import comparable
from chassis.refusal import FieldRefusal
from contracts.family.school_events import PupilOutcome, SchoolLevel, StepKind

from ..schooling.domain import Place
from ..schools.domain import ClassOfYear, School, next_level

KEPT: Final = timedelta(days=400)
"""A change of classes and its report are kept for so long after it ended: until that of the next year is over."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of pupils, and in which class of the next year they are then."""

    kind: StepKind
    to_class_id: UUID | None = None

    def level_after(self, level: SchoolLevel) -> SchoolLevel | None:
        """The level of the next year; None when nothing is said of it."""
        match self.kind:
            case StepKind.MOVES_UP:
                return next_level(level)
            case StepKind.REPEATS:
                return level
            case _:
                return None


Group = tuple[UUID, SchoolLevel]
"""The pupils of one level of a class."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A pupil on the last day of the school year."""

    child_id: UUID
    class_id: UUID | None
    level: SchoolLevel
    is_known: bool
    """Whether it is said already where the child goes to school in the next year."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a pupil comes to. `own_kind` is said where the pupil goes another way than the class."""

    child_id: UUID
    class_id: UUID | None
    level: SchoolLevel
    outcome: PupilOutcome
    own_kind: StepKind | None = None
    to_class_id: UUID | None = None
    to_level: SchoolLevel | None = None


def proposed_step(school: School, item: ClassOfYear, level: SchoolLevel, next_classes: Sequence[ClassOfYear]) -> Step:
    """What becomes of a level of a class where nobody said it: the one class of the next year that has the next level, or the one that is called as this one
    is; beyond what the school teaches, pupils leave."""
    wanted = next_level(level)
    if wanted is None or wanted not in school.levels:
        return Step(StepKind.LEAVES)
    fitting = [other for other in next_classes if wanted in other.levels]
    if len(fitting) > 1:
        name = comparable(item.label.casefold().replace(level.value, wanted.value))
        fitting = [other for other in fitting if other.label_key == name]
    return Step(StepKind.MOVES_UP, fitting[0].class_id) if len(fitting) == 1 else Step(StepKind.UNDECIDED)


def step_fault(
    step: Step, level: SchoolLevel, next_classes: Mapping[UUID, ClassOfYear], pointer: str
) -> Iterator[FieldRefusal]:
    """What stands against a step of pupils of a level."""
    if step.kind not in (StepKind.MOVES_UP, StepKind.REPEATS):
        return
    wanted = step.level_after(level)
    if wanted is None:
        yield FieldRefusal(f"{pointer}/kind", "no_next_level", (("level", level.value),))
    elif step.to_class_id is None:
        yield FieldRefusal(f"{pointer}/to_class_id", "next_class_missing")
    elif (chosen := next_classes.get(step.to_class_id)) is None:
        yield FieldRefusal(f"{pointer}/to_class_id", "class_unknown")
    elif wanted not in chosen.levels:
        yield FieldRefusal(f"{pointer}/to_class_id", "level_not_of_class", (("label", chosen.label),))


def planned(pupil: Leaving, steps: Mapping[Group, Step], own: Step | None) -> Line:
    """What a pupil comes to, as things are now."""
    line = Line(pupil.child_id, pupil.class_id, pupil.level, PupilOutcome.UNCLASSED, own.kind if own else None)
    of_class = steps.get((pupil.class_id, pupil.level)) if pupil.class_id else None
    step = own or of_class
    if pupil.is_known:
        return _with(line, PupilOutcome.KNOWN)
    if step is None:
        return line if pupil.class_id is None else _with(line, PupilOutcome.UNDECIDED)
    if step.kind is StepKind.LEAVES:
        return _with(line, PupilOutcome.LEAVES)
    to_level = step.level_after(pupil.level)
    if step.kind is StepKind.UNDECIDED or to_level is None or step.to_class_id is None:
        return _with(line, PupilOutcome.UNDECIDED)
    return _with(line, PupilOutcome.TO_MOVE, step.to_class_id, to_level)


def _with(
    line: Line, outcome: PupilOutcome, to_class_id: UUID | None = None, to_level: SchoolLevel | None = None
) -> Line:
    return Line(line.child_id, line.class_id, line.level, outcome, line.own_kind, to_class_id, to_level)


def undecided_count(lines: Collection[Line]) -> int:
    """How many pupils there are of whom nobody said what becomes of their class."""
    return Counter(line.outcome for line in lines)[PupilOutcome.UNDECIDED]


def place_after(line: Line, school_code: str, school_year: int) -> Place | None:
    """Where a pupil is in the year that follows `school_year`; None when the line says nothing of it."""
    if line.to_class_id is None or line.to_level is None:
        return None
    return Place(school_year + 1, line.to_level, school_code, None, line.to_class_id)


def is_as_it_was(line: Line, place: Place | None, school_code: str) -> bool:
    """Whether a pupil is on the last day of the year where the change found it."""
    return place is not None and (place.school_code, place.class_id, place.level) == (
        school_code,
        line.class_id,
        line.level,
    )
