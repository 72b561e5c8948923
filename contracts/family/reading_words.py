"""The words of quotients that are read from API Particulier: whom the CAF or the MSA is asked about, and how far a reading has come."""

from enum import StrEnum, auto
from typing import Final

FRANCE: Final = "99100"
"""The code of the country in the official geographic code (COG), as of births."""


class CivilSex(StrEnum):
    """Sex as a civil status has it."""

    FEMALE = auto()
    MALE = auto()


class ReadingStatus(StrEnum):
    """How far a reading has come. FOUND: answered, and not taken yet. MISSING: nobody there has a quotient under this identity. FAILED: no answer, and it is
    not asked again."""

    WAITING = auto()
    FOUND = auto()
    TAKEN = auto()
    MISSING = auto()
    FAILED = auto()
