"""What travels of accounts in lists: when somebody signed in last, and where the accounts of families stand."""

from datetime import datetime
from enum import StrEnum, auto
from uuid import UUID

from contracts.event import Model


class LastSignIn(StrEnum):
    """When somebody signed in last, for a list of accounts. Whoever never did is in NEVER alone."""

    WITHIN_30_DAYS = auto()
    OVER_30_DAYS = auto()
    OVER_180_DAYS = auto()
    OVER_365_DAYS = auto()
    NEVER = auto()


class FamilyAccountState(StrEnum):
    """Where the account of a family stands. INVITED: its link works still; LAPSED: it works no more, and was not followed; STARTED: it was
    followed, or a password was given, and nobody chose their own credentials yet."""

    NEVER_INVITED = auto()
    INVITED = auto()
    LAPSED = auto()
    STARTED = auto()
    OPENED = auto()
    CLOSED = auto()


class FamilyAccount(Model):
    """An account of a family in a list: the adults whom it stands for, and the households that they are in, by reference."""

    account_id: UUID
    names: tuple[str, ...]
    references: tuple[str, ...]
    email: str
    state: FamilyAccountState
    created_at: datetime
    invited_at: datetime | None
    invitation_expires_at: datetime | None
    last_sign_in_at: datetime | None


class FamilyAccountCount(Model):
    """How many accounts of families stand there."""

    state: FamilyAccountState
    account_count: int
