"""The words of school sectors and of derogations from them: sides of a street, reasons and states."""

from enum import StrEnum, auto


class StreetSide(StrEnum):
    """The numbers of a street that a segment takes; bis and ter go with their number."""

    BOTH = auto()
    ODD = auto()
    EVEN = auto()


class SectorReason(StrEnum):
    """Why no school is known for a home. PROTECTED: its address is, so that nothing is made of it."""

    NOT_PUBLISHED = auto()
    PROTECTED = auto()
    ABROAD = auto()
    TOO_YOUNG = auto()
    PAST_PRIMARY = auto()
    NO_NUMBER = auto()
    NO_SECTOR = auto()


class DerogationReason(StrEnum):
    """What a family's request rests on. The first three bind a commune where the school is another commune's (education code, L212-8); within a
    commune they are the town's own criteria, like the fifth. A child finishes the cycle where it began it (L212-8, last paragraph)."""

    PARENTS_WORK = auto()
    SIBLING = auto()
    HEALTH = auto()
    CYCLE = auto()
    CHILDCARE = auto()
    OTHER = auto()


class DerogationStatus(StrEnum):
    """How far a request has come."""

    WAITING = auto()
    GRANTED = auto()
    REFUSED = auto()
    WITHDRAWN = auto()
