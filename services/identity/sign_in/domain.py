"""Who may sign in: which account a login names, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.refusal import Refusal
from contracts.types import AccountStatus, ActorKind, LoginMode

from ..accounts.domain import AccountRecord, email_key, username_key
from ..activation.domain import as_made
from ..attempts.domain import CalledBy
from ..errors import AccountDisabled, AccountMerged, AccountNotActivated, TemporaryPasswordExpired


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that a login may mean. `is_email_shared`: another account has the same address. `is_temporary`: its password is
    one that was made here."""

    account_id: UUID
    kind: ActorKind
    username_key: str
    email_key: str
    is_email_shared: bool
    password_hash: str | None
    is_temporary: bool = False

    def called_by(self, login: str) -> CalledBy:
        """Which of its names a login is that means it."""
        return CalledBy.USERNAME if self.username_key == username_key(login) else CalledBy.EMAIL

    def typed(self, password: str) -> str:
        """A password as it is meant: of one that was made here only letters and digits count."""
        return (as_made(password) or password.strip()) if self.is_temporary else password


def account_for_login(candidates: Sequence[Candidate], login: str, mode: LoginMode) -> Candidate | None:
    """The one account that a login names, or None.

    An address that several accounts share names nobody, so these may use their user names even where families sign in
    with an address.
    """
    for candidate in candidates:
        if candidate.username_key == username_key(login) and (
            candidate.kind is ActorKind.AGENT or mode is not LoginMode.EMAIL or candidate.is_email_shared
        ):
            return candidate
    by_email = [
        candidate
        for candidate in candidates
        if candidate.email_key == email_key(login)
        and not candidate.is_email_shared
        and (candidate.kind is ActorKind.AGENT or mode is not LoginMode.USERNAME)
    ]
    return by_email[0] if len(by_email) == 1 else None


def admit(account: AccountRecord, now: datetime) -> Refusal | None:
    """What stands against a sign-in whose password is right."""
    if account.merged_into is not None:
        return AccountMerged()
    if account.is_disabled:
        return AccountDisabled()
    if account.password_expires_at is not None and account.password_expires_at <= now:
        return TemporaryPasswordExpired()
    if account.step is AccountStatus.INVITED:
        return AccountNotActivated()
    return None
