"""The words of requests: how far one has come, what moves it on, what its family is told, and why one is refused."""

from enum import StrEnum, auto
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.procedure_words import Code, Label
from contracts.http import TEXT, Day

WORDS_MAX: Final = 2000
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS_MAX, pattern=TEXT)]
"""What a family and the service write to each other."""
REQUEST_NUMBER: Final = r"^D-\d{4}-\d{6,9}$"
RequestNumber = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=REQUEST_NUMBER)]
"""What a request is called, `D-2026-000012`."""


class RequestStatus(StrEnum):
    """How far a request has come. MORE_ASKED: its family was asked for something, and the announced delay waits for it."""

    DRAFT = auto()
    SENT = auto()
    UNDER_REVIEW = auto()
    MORE_ASKED = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    WITHDRAWN = auto()


class RequestMove(StrEnum):
    """What moves a request on. TAKE: an agent reads it. COMPLETE: its family gave what it was asked for."""

    SEND = auto()
    TAKE = auto()
    ASK = auto()
    COMPLETE = auto()
    ACCEPT = auto()
    REFUSE = auto()
    WITHDRAW = auto()


class RequestAnswer(StrEnum):
    """What a family is mailed about its request."""

    RECEIVED = auto()
    MORE_ASKED = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    MESSAGE = auto()


class RefusalGround(Model):
    """Why a request may be refused, of the town's library: the sentence and the remedy that the family reads, from a day until a day."""

    code: Code
    sentence: Annotated[Words, Field(min_length=1)]
    remedy: Annotated[Words, Field(min_length=1)]
    procedures: tuple[Code, ...] = ()
    from_on: Day | None = None
    until_on: Day | None = None


class Draftable(StrEnum):
    """Whether a family can ask by a procedure, and what keeps it from it. WAITS_FOR: the procedure before it is not accepted."""

    OPEN = auto()
    CLOSED = auto()
    WAITS_FOR = auto()


class ProcedureName(Model):
    """A procedure by its code and what people call it."""

    code: Code
    label: Label
