"""The closed lists in which it is said what children in care need."""

from enum import StrEnum, auto


class CareKnown(StrEnum):
    """Whether it is known what a child needs. SAID: its family said it, be it that it needs nothing. UNSAID: it said nothing. NOT_YET: what it said has not
    arrived here, or cannot be read, which is not the same as nothing."""

    SAID = auto()
    UNSAID = auto()
    NOT_YET = auto()


class Leaving(StrEnum):
    """Whether a child may go home alone: a refusal of either parent counts."""

    UNANSWERED = auto()
    GIVEN = auto()
    REFUSED = auto()
