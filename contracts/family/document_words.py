"""The words of documents that families send: for whom they are, how long they hold, how far they have come, and the kinds of a town."""

from enum import StrEnum, auto
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.event import Model
from contracts.http import ShortText

KIND_CODE: Final = r"^[a-z0-9][a-z0-9_]{0,39}$"
KindCode = Annotated[str, StringConstraints(pattern=KIND_CODE)]


class DocumentAudience(StrEnum):
    """For whom a document is: the whole household, or one of its members."""

    HOUSEHOLD = auto()
    ADULT = auto()
    CHILD = auto()


class DocumentValidity(StrEnum):
    """How long a validated document holds. DATED: so many months from the date that it bears; SCHOOL_YEAR: until the school year ends; GIVEN: until a
    day that stands in it, which whoever sends it says."""

    NONE = auto()
    DATED = auto()
    SCHOOL_YEAR = auto()
    GIVEN = auto()


class DocumentStatus(StrEnum):
    """How far a document has come. EXPIRED: it was validated, and its last day is over."""

    DRAFT = auto()
    SENT = auto()
    VALIDATED = auto()
    REFUSED = auto()
    EXPIRED = auto()


class DocumentReason(StrEnum):
    """Why a document is refused; words of an agent say the rest."""

    UNREADABLE = auto()
    INCOMPLETE = auto()
    OUT_OF_DATE = auto()
    WRONG_KIND = auto()
    OTHER_PERSON = auto()
    OTHER = auto()


class DocumentAnswer(StrEnum):
    """What a family is mailed about a document. EXPIRING: it holds for some weeks more."""

    VALIDATED = auto()
    REFUSED = auto()
    EXPIRING = auto()


class DocumentKind(Model):
    """A kind of document of the town. `is_yearly`: each one concerned is asked for it once a school year; `months`: how long a dated one holds;
    `is_deletable`: a family may delete it while it holds; `kept_days`: how long it is kept after it ended; `is_sent_enough`: where an activity asks for it, it counts
    once it is sent, and does not wait for an agent."""

    code: KindCode
    label: ShortText
    audiences: Annotated[tuple[DocumentAudience, ...], Field(min_length=1)]
    validity: DocumentValidity = DocumentValidity.NONE
    months: Annotated[int, Field(ge=1, le=60)] = 12
    is_yearly: bool = False
    is_deletable: bool = True
    is_sent_enough: bool = False
    kept_days: Annotated[int, Field(ge=0, le=3660)] = 365

    @model_validator(mode="after")
    def _ends_if_yearly(self) -> Self:
        if self.is_yearly and self.validity is DocumentValidity.NONE:
            raise ValueError("what is asked for once a year does not hold for ever")
        return self
