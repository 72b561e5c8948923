"""Days and amounts as they stand in the cells of a file of households, and what may be wrong with it. Pure."""

import re
from datetime import date
from enum import StrEnum, auto
from typing import Final

from contracts.types import Civility

EUROS_DIGITS_MAX: Final = 7
_DAY: Final = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AMOUNT: Final = re.compile(r"([0-9]+)(?:[.,]([0-9]{1,2}))?")


def cents_of(text: str) -> int | None:
    """An amount as people write it, `1 234,5 €`, in cents; None for what is none."""
    amount = _AMOUNT.fullmatch(re.sub(r"[\s\u00a0\u202f€]", "", text))
    if amount is None or len(amount[1]) > EUROS_DIGITS_MAX:
        return None
    return int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0"))


def day_of(text: str) -> date | None:
    """A day as people and programs write it, `14/09/2018` or `2018-09-14`; None for what is none."""
    if iso := _ISO_DAY.fullmatch(text):
        parts = (iso[1], iso[2], iso[3])
    elif french := _DAY.fullmatch(text):
        parts = (french[3], french[2], french[1])
    else:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


CIVILITIES: Final = {
    "": Civility.NONE,
    "m": Civility.MONSIEUR,
    "mr": Civility.MONSIEUR,
    "monsieur": Civility.MONSIEUR,
    "mme": Civility.MADAME,
    "mlle": Civility.MADAME,
    "madame": Civility.MADAME,
    "non precisee": Civility.NONE,
}
"""What a civility is written as, as words are compared."""


class ImportReason(StrEnum):
    """What a file of households, or a line of it, has against it, or how it differs from what is there."""

    IMPORT_EMPTY = auto()
    IMPORT_IS_A_WORKBOOK = auto()
    IMPORT_ENCODING_UNKNOWN = auto()
    IMPORT_COLUMNS_UNKNOWN = auto()
    IMPORT_COLUMN_REPEATED = auto()
    IMPORT_LINE_UNREADABLE = auto()
    IMPORT_LINE_TOO_LONG = auto()
    IMPORT_TOO_LONG = auto()
    IMPORT_TOO_LARGE = auto()
    IMPORT_HOUSEHOLD_MISSING = auto()
    IMPORT_KEY_TOO_LONG = auto()
    IMPORT_FORMULA = auto()
    IMPORT_DIFFERS_FROM_PAYER = auto()
    IMPORT_ROLE_UNKNOWN = auto()
    IMPORT_PAYER_MISSING = auto()
    IMPORT_PAYER_REPEATED = auto()
    IMPORT_ADULTS_TOO_MANY = auto()
    IMPORT_CHILDREN_TOO_MANY = auto()
    IMPORT_KEY_REPEATED = auto()
    IMPORT_CHILD_IS_ANOTHER = auto()
    IMPORT_SCHOOL_UNKNOWN = auto()
    IMPORT_SCHOOL_AMBIGUOUS = auto()
    IMPORT_SCHOOL_YEAR_UNKNOWN = auto()
    IMPORT_CLASS_UNKNOWN = auto()
    IMPORT_CLASS_WITHOUT_SCHOOL = auto()
    IMPORT_LEVEL_UNKNOWN = auto()
    IMPORT_LEVEL_MISSING = auto()
    IMPORT_CIVILITY_UNKNOWN = auto()
    IMPORT_SOURCE_UNKNOWN = auto()
    IMPORT_AMOUNT_UNREADABLE = auto()
    IMPORT_DAY_UNREADABLE = auto()
    IMPORT_DIFFERS = auto()
    IMPORT_DIFFERS_BY_HAND = auto()
    IMPORT_PERSON_UNKNOWN = auto()
    IMPORT_PERSON_MISSING = auto()
