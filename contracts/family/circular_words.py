"""The words of circulars: whether a home answered that one asks."""

from enum import StrEnum, auto


class CircularState(StrEnum):
    """Whether an answer came for a child from one of its homes. UNREACHED: none came, and nobody there could be mailed."""

    AWAITED = auto()
    ANSWERED = auto()
    UNREACHED = auto()
