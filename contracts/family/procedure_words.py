"""A procedure as a town writes it: what a request asks, in which order, of whom, with which papers, who decides it and what follows.

It is data. A town changes it without code: a text of TOML becomes a `Procedure`, and each published version stays as it was for the requests that
were begun with it.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, auto
from typing import Annotated, Any, Final, NamedTuple, Self

from pydantic import AliasChoices, Field, StringConstraints, ValidationError

from contracts.event import Model
from contracts.http import LINE, TEXT, Day, ShortText

FIELDS_MAX: Final = 120
"""How many fields a procedure has at most, those of its rows among them."""
ROWS_MAX: Final = 20
"""How many rows somebody may add at most."""
TEXT_MAX: Final = 2000

PROTECTED: Final = "*"
"""What stands for an address that the file holds and nobody is told."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What a step, a field, a choice or a procedure is called where people do not see it."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX, pattern=TEXT)]


class Subject(StrEnum):
    """Whom a request is about."""

    HOUSEHOLD = auto()
    CHILD = auto()
    ADULT = auto()


class FieldKind(StrEnum):
    """What is typed into a field."""

    LINE = auto()
    TEXT = auto()
    NUMBER = auto()
    AMOUNT = auto()
    DAY = auto()
    MONTH = auto()
    YES_NO = auto()
    CHOICE = auto()
    CHOICES = auto()
    PHONE = auto()
    EMAIL = auto()
    CHILD = auto()
    ADULT = auto()
    AGREEMENT = auto()


class KnownFact(StrEnum):
    """What a household's file may hold already."""

    ADDRESS = auto()
    ADULT_EMAIL = auto()
    ADULT_PHONE = auto()
    CHILD_BIRTH_ON = auto()
    CHILD_CLASS = auto()
    CHILD_SCHOOL = auto()


class Silence(StrEnum):
    """What it means that nobody answered within the announced delay (code of relations between the public and the administration, L231-1 to L231-4)."""

    ACCEPTED = auto()
    REFUSED = auto()
    NOTHING = auto()


class Change(StrEnum):
    """What becomes of a line of a procedure's text."""

    SAME = auto()
    ADDED = auto()
    REMOVED = auto()


class Effect(StrEnum):
    """What an accepted request does by itself; `TASK`: an agent is given something to do by a day that they choose; `NEW_CHILD`: the child whom its answers name
    joins the household, by the codes of `CHILD_FIELDS`."""

    NOTHING = auto()
    TASK = auto()
    NEW_CHILD = auto()


CHILD_FIELDS: Final[Mapping[str, FieldKind]] = {
    "first_name": FieldKind.LINE,
    "last_name": FieldKind.LINE,
    "birth_on": FieldKind.DAY,
}
"""What a request asks by which a child joins a household, whatever else it asks."""
EXPECTED_FIELD: Final = "is_expected"
"""The question, of `yes` and `no`, by which such a request may be about a child who is to be born on that day, and may have no first name yet."""


class Choice(Model):
    """One of the answers that a field offers."""

    code: Code
    label: Label


class When(Model):
    """Something is asked when an earlier field has one of these answers: codes of choices, or `yes` and `no`."""

    field: Code
    answers: Annotated[tuple[Code, ...], Field(validation_alias=AliasChoices("is", "answers"), min_length=1)]

    def is_met(self, answers: Mapping[str, Any]) -> bool:
        """Whether what was answered opens it. An answer is a code, or several."""
        answer = answers.get(self.field)
        codes = answer if isinstance(answer, list | tuple) else (answer,)
        return any(code in self.answers for code in codes)


class ProcedureField(Model):
    """Something that is asked. `is_optional`: it may stay empty. `known_as`: what the file may hold of it, which is shown then and not asked
    twice."""

    code: Code
    kind: FieldKind
    label: Label
    hint: Prose = ""
    is_optional: bool = False
    known_as: KnownFact | None = None
    when: When | None = None
    choices: tuple[Choice, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    from_on: Day | None = None
    until_on: Day | None = None
    length_max: Annotated[int, Field(ge=1, le=TEXT_MAX)] = TEXT_MAX


class Rows(Model):
    """The same fields asked for each of several things: brothers and sisters, past schools, incomes. `row` is what one of them is called."""

    code: Code
    label: Label
    row: Label
    hint: Prose = ""
    when: When | None = None
    at_least: Annotated[int, Field(ge=0, le=ROWS_MAX)] = 0
    at_most: Annotated[int, Field(ge=1, le=ROWS_MAX)] = ROWS_MAX
    fields: Annotated[tuple[ProcedureField, ...], Field(min_length=1, max_length=20)]


class Step(Model):
    """A page of the request."""

    title: Label
    help: Prose = ""
    fields: tuple[ProcedureField, ...] = ()
    rows: tuple[Rows, ...] = ()


class Piece(Model):
    """A document that goes with the request: its kind among the town's, and when it is asked for."""

    kind: Code
    label: Label
    is_optional: bool = False
    when: When | None = None


class Misread(NamedTuple):
    """A place of a text, such as `("steps", 0, "title")`, and what kind of error of the model stands there."""

    place: tuple[str | int, ...]
    kind: str


class Procedure(Model):
    """A procedure whole. `after` is the one that must be accepted before. `service_key`: the service whose key opens it, empty for everybody.
    `delay_days`: within how many days the town says that it answers. `opens_on`, `closes_on`: when it can be asked. `leads_to`: the page of the
    portal where what it asks is done already; it has no steps then, and no request is made of it. `kept_days`: how long its requests are kept after they
    were settled."""

    code: Code
    label: Label
    summary: Prose
    subject: Subject
    service: ShortText
    telephone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=LINE)] = ""
    delay_days: Annotated[int, Field(ge=1, le=366)] = 30
    silence: Silence = Silence.NOTHING
    service_key: Annotated[str, StringConstraints(max_length=40, pattern=LINE)] = ""
    after: Code | None = None
    opens_on: Day | None = None
    closes_on: Day | None = None
    effect: Effect = Effect.NOTHING
    task: Prose = ""
    kept_days: Annotated[int, Field(ge=1, le=3660)] = 730
    leads_to: Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[a-z0-9-]+)*$")] = ""
    steps: Annotated[tuple[Step, ...], Field(max_length=12)] = ()
    pieces: Annotated[tuple[Piece, ...], Field(max_length=20)] = ()

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Self | tuple[Misread, ...]":
        """What the values of a text say, or each place where they say nothing that it can hold."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            return tuple(Misread(item["loc"], item["type"]) for item in error.errors())

    def is_open(self, today: date) -> bool:
        """Whether it can be asked on a day."""
        return (self.opens_on is None or self.opens_on <= today) and (self.closes_on is None or today <= self.closes_on)
