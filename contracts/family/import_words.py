"""Words of imports of households: the columns of a file, and what its lines come to."""

from enum import StrEnum, auto


class ImportColumn(StrEnum):
    """What a column of a file says. A household's address and quotient stand on the line of whoever pays."""

    HOUSEHOLD = auto()
    ROLE = auto()
    CIVILITY = auto()
    FIRST_NAME = auto()
    LAST_NAME = auto()
    BIRTH_ON = auto()
    EMAIL = auto()
    PHONE = auto()
    STREET = auto()
    COMPLEMENT = auto()
    POSTAL_CODE = auto()
    CITY = auto()
    COUNTRY = auto()
    QUOTIENT = auto()
    QUOTIENT_ON = auto()
    QUOTIENT_SOURCE = auto()
    CHILD_KEY = auto()


class ImportFinding(StrEnum):
    """What becomes of a line, which is what becomes of its household. HELD: another line of its household is refused. DIFFERS: its household is there, says
    something else, and stays as it is."""

    WAITING = auto()
    TO_OPEN = auto()
    TO_UPDATE = auto()
    TO_INVITE = auto()
    OPENED = auto()
    UPDATED = auto()
    INVITED = auto()
    UNCHANGED = auto()
    DIFFERS = auto()
    REFUSED = auto()
    HELD = auto()


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
    IMPORT_CIVILITY_UNKNOWN = auto()
    IMPORT_SOURCE_UNKNOWN = auto()
    IMPORT_AMOUNT_UNREADABLE = auto()
    IMPORT_DAY_UNREADABLE = auto()
    IMPORT_DIFFERS = auto()
    IMPORT_DIFFERS_BY_HAND = auto()
    IMPORT_PERSON_UNKNOWN = auto()
    IMPORT_PERSON_MISSING = auto()
