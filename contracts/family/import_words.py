"""Words of imports of households: the columns of a file, and what its lines come to."""

from enum import StrEnum, auto


class ImportColumn(StrEnum):
    """What a column of a file says. A household's address, why that is secret, and quotient stand on the line of whoever pays; where a
    child goes to school on its own."""

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
    SECRET_REASON = auto()
    QUOTIENT = auto()
    QUOTIENT_ON = auto()
    QUOTIENT_SOURCE = auto()
    CHILD_KEY = auto()
    SCHOOL = auto()
    ELSEWHERE = auto()
    LEVEL = auto()
    SCHOOL_CLASS = auto()
    SCHOOL_YEAR = auto()


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
