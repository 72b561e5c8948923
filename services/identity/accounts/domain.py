"""What an account is, and which names and addresses are the same."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.identity.events import AccountState, SecurityChange, SecurityChanged
from contracts.identity.online_service_words import OnlineService
from contracts.types import AccountStatus, ActorKind, CredentialPurpose, LoginMode

USERNAME_STEM_MAX = 12
USERNAME_DIGITS = 5
DIGITS = "0123456789"
NAMELESS_STEM = "famille"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account. `step` never is DISABLED: `is_disabled` suspends an account without forgetting how far it came.

    `password_expires_at` is None for a personal password; `password_hash` is None while a new one is being made. `person_ids` are the adults
    whom it stands for and whom some file invites, or the delegate whose it is; an account that was merged into another (`merged_into`) stands for nobody.
    `declined` are the online services that its holder does without.
    """

    account_id: UUID
    kind: ActorKind
    step: AccountStatus
    is_disabled: bool
    email: str
    username: str
    password_hash: str | None
    password_expires_at: datetime | None
    created_at: datetime
    last_sign_in_at: datetime | None
    person_ids: tuple[UUID, ...] = ()
    merged_into: UUID | None = None
    declined: frozenset[OnlineService] = frozenset()

    @property
    def guardian_id(self) -> UUID | None:
        """The adult whom it stands for, if it is one."""
        return self.person_ids[0] if len(self.person_ids) == 1 else None

    @property
    def is_of_family(self) -> bool:
        """Whether it is an open account of a family."""
        return self.kind is ActorKind.PARENT and not self.is_disabled

    @property
    def status(self) -> AccountStatus:
        """The status as others may know it."""
        return AccountStatus.DISABLED if self.is_disabled else self.step

    @property
    def has_personal_credentials(self) -> bool:
        """Whether the person chose their own user name and password."""
        return self.step is AccountStatus.ACTIVE

    @property
    def invited_for(self) -> CredentialPurpose:
        """What a link that is mailed to them is for."""
        return CredentialPurpose.PASSWORD_RESET if self.has_personal_credentials else CredentialPurpose.INVITATION

    def state(self) -> AccountState:
        """The account's public state."""
        return AccountState(
            account_id=self.account_id,
            guardian_ids=self.person_ids,
            kind=self.kind,
            status=self.status,
            email=self.email,
            created_at=self.created_at,
            declined=tuple(sorted(self.declined)),
        )

    def security_changed(self, change: SecurityChange, changed_at: datetime) -> SecurityChanged:
        """What the holder of the account hears when a way into it changes."""
        return SecurityChanged(account_id=self.account_id, change=change, changed_at=changed_at)


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


def login_name(account: AccountRecord, mode: LoginMode, is_email_shared: bool) -> str:
    """What to tell a person to sign in with."""
    uses_email = account.kind is not ActorKind.AGENT and mode is LoginMode.EMAIL and not is_email_shared
    return account.email if uses_email else account.username
