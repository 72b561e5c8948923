"""What an account is, which names and addresses are the same, and what a household's file changes about its accounts."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.identity.events import AccountState
from contracts.types import AccountStatus, ActorKind

USERNAME_STEM_MAX = 12
USERNAME_DIGITS = 5
DIGITS = "0123456789"
NAMELESS_STEM = "famille"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account. `step` never is DISABLED: `is_disabled` suspends an account without forgetting how far it came.

    `details_revision` is that of the adult's details which the address is of, 0 for an agent. `password_expires_at` is None for a personal password; `password_hash` is None while a new one is being made.
    """

    account_id: UUID
    guardian_id: UUID | None
    kind: ActorKind
    step: AccountStatus
    is_disabled: bool
    email: str
    username: str
    password_hash: str | None
    password_expires_at: datetime | None
    created_at: datetime
    last_sign_in_at: datetime | None
    details_revision: int = 0

    @property
    def status(self) -> AccountStatus:
        """The status as others may know it."""
        return AccountStatus.DISABLED if self.is_disabled else self.step

    @property
    def has_personal_credentials(self) -> bool:
        """Whether the person chose their own user name and password."""
        return self.step is AccountStatus.ACTIVE

    def state(self) -> AccountState:
        """The account's public state."""
        return AccountState(
            account_id=self.account_id,
            guardian_id=self.guardian_id,
            kind=self.kind,
            status=self.status,
            email=self.email,
            created_at=self.created_at,
        )


@dataclass(frozen=True, slots=True)
class Invitee:
    """A guardian whom a household's file wants to have an account; `revision` of their details, which may stand in other files too."""

    guardian_id: UUID
    email: str
    last_name: str
    revision: int


@dataclass(frozen=True, slots=True)
class AccountOpening:
    """An account to create and to invite."""

    invitee: Invitee


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of an existing account; `is_invited_again` when what was mailed no longer is the right thing."""

    account: AccountRecord
    email: str
    is_disabled: bool
    is_invited_again: bool


def follow_file(
    invitees: Sequence[Invitee], gone: frozenset[UUID], accounts: Mapping[UUID, AccountRecord]
) -> list[AccountOpening | Change]:
    """What a household's file asks for, in the order of guardians.

    `gone` are guardians whom no household invites any longer; `accounts` are those of all guardians named, by guardian.
    An account follows the address of the file that says the latest details. To one that nobody opened yet a new mail goes there: the first one went to the
    wrong place.
    """
    decisions: list[AccountOpening | Change] = []
    for invitee in sorted(invitees, key=lambda invitee: invitee.guardian_id):
        account = accounts.get(invitee.guardian_id)
        if account is None:
            decisions.append(AccountOpening(invitee))
            continue
        is_unused = not account.has_personal_credentials
        email = invitee.email if invitee.revision >= account.details_revision else account.email
        if account.is_disabled or email_key(email) != email_key(account.email):
            decisions.append(Change(account, email, is_disabled=False, is_invited_again=is_unused))
    decisions.extend(
        Change(accounts[guardian_id], accounts[guardian_id].email, is_disabled=True, is_invited_again=False)
        for guardian_id in sorted(gone)
        if guardian_id in accounts and not accounts[guardian_id].is_disabled
    )
    return decisions


def username_key(username: str) -> str:
    """The form under which a user name is unique: without case and accents."""
    # Folding the case may compose letters again, so they are taken apart on both sides of it (Unicode 16, D146).
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", username).casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).casefold().strip()


def email_key(email: str) -> str:
    """The form under which two addresses are the same."""
    return email.strip().casefold()


def generate_username(last_name: str, choose: Callable[[str], str]) -> str:
    """A user name that says no more than the surname, e.g. `testeur48213`. `choose` picks one character of a text."""
    letters = [letter for letter in username_key(last_name) if letter.isascii() and letter.isalpha()]
    stem = "".join(letters)[:USERNAME_STEM_MAX] or NAMELESS_STEM
    return stem + "".join(choose(DIGITS) for _ in range(USERNAME_DIGITS))
