"""What travels when agents look for the files of families."""

from datetime import date, datetime
from enum import StrEnum, auto
from uuid import UUID

from contracts.event import Model
from contracts.family.events import HouseholdKind


class MatchKind(StrEnum):
    """What of a file answers a search: its reference, a name, how somebody is reached, a child's birth, a number of a register, a key of the former software."""

    REFERENCE = auto()
    ORGANIZATION = auto()
    ADULT = auto()
    CHILD = auto()
    EMAIL = auto()
    PHONE = auto()
    BIRTH_ON = auto()
    NUMBER = auto()
    FORMER_KEY = auto()


class SearchMatch(Model):
    """Something of a file that answers a search, as the file has it; of a birth date, whose it is. `is_near`: but for a typing error."""

    kind: MatchKind
    text: str
    is_near: bool = False


class FoundChild(Model):
    """A child of a file that was found; namesakes are told apart by their birth dates. Of one that `is_expected`, `birth_on` is the day."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    is_expected: bool = False


class HouseholdSummary(Model):
    """A row of the agents' family search. `payer_name` is the legal name of an organization; `matches` say why it was found."""

    household_id: UUID
    reference: str
    kind: HouseholdKind = HouseholdKind.INDIVIDUAL
    payer_name: str
    email: str | None
    city: str | None
    archived_on: date | None = None
    children: tuple[FoundChild, ...]
    created_at: datetime
    matches: tuple[SearchMatch, ...] = ()
