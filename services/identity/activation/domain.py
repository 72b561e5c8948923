"""What an invitation is, when its link may be followed, and how a temporary password is made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.refusal import Refusal
from contracts.identity.events import AccountActivated, CredentialReason
from contracts.types import AccountStatus, CredentialPurpose

from ..accounts.domain import AccountRecord
from ..errors import (
    ActivationLinkExpired,
    ActivationLinkOvertaken,
    ActivationLinkReplaced,
    ActivationLinkUnknown,
    ActivationLinkUsed,
)

READABLE_LETTERS = "bcdfghjkmnpqrstvwxz"
READABLE_DIGITS = "23456789"
PASSWORD_GROUPS = 3
PASSWORD_GROUP_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Validity:
    """How long what opens an account works: for a first opening, after a forgotten password, and given by an agent at the counter."""

    invitation: timedelta
    reset: timedelta
    counter: timedelta

    def of(self, account: AccountRecord) -> timedelta:
        """Of a link that is mailed to the holder of an account."""
        return self.reset if account.has_personal_credentials else self.invitation


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """A link and a temporary password for one account. Dead once used, replaced or past `expires_at`.

    `temporary_password_hash` is kept here, and not with the account, while another password still works: somebody who
    asks for a new password in another's name must not take away the one that this person knows, or was given. `has_newer`: another invitation
    came after it.
    """

    invitation_id: UUID
    account_id: UUID
    purpose: CredentialPurpose
    expires_at: datetime
    temporary_password_hash: str | None
    used_at: datetime | None
    replaced_at: datetime | None
    has_newer: bool = False
    reason: CredentialReason = CredentialReason.ASKED


@dataclass(frozen=True, slots=True)
class FollowedLink:
    """A link was followed: the account as it is now, and the event when it never was open before."""

    account: AccountRecord
    event: AccountActivated | None
    is_reset: bool


def follow_link(invitation: IssuedInvitation, account: AccountRecord, now: datetime) -> FollowedLink | Refusal:
    """What following a link does: it opens a new account, or installs the temporary password that was asked for."""
    if refusal := dead(invitation, account, now):
        return refusal
    if invitation.temporary_password_hash is not None:
        reset = replace(
            account,
            step=AccountStatus.ACTIVATED,
            password_hash=invitation.temporary_password_hash,
            password_expires_at=invitation.expires_at,
        )
        return FollowedLink(reset, None, is_reset=True)
    if account.step is AccountStatus.INVITED:
        opened = replace(account, step=AccountStatus.ACTIVATED)
        return FollowedLink(opened, AccountActivated(account_id=account.account_id, activated_at=now), is_reset=False)
    return FollowedLink(account, None, is_reset=False)


def dead(invitation: IssuedInvitation, account: AccountRecord, now: datetime) -> Refusal | None:
    """Why a link does not work any longer, if it does not."""
    if account.is_disabled:
        return ActivationLinkUnknown()
    if invitation.used_at is not None:
        return ActivationLinkUsed()
    if invitation.replaced_at is not None:
        return _withdrawn(invitation, account)
    if invitation.expires_at <= now:
        return ActivationLinkExpired()
    return None


def _withdrawn(invitation: IssuedInvitation, account: AccountRecord) -> Refusal:
    """Why a link was taken back: a newer mail, or else a password that opens the account by now, or an address that changed."""
    is_open = account.step is not AccountStatus.INVITED and account.password_hash is not None
    return ActivationLinkOvertaken() if is_open and not invitation.has_newer else ActivationLinkReplaced()


def temporary_password(choose: Callable[[str], str]) -> str:
    """A password that can be read out and typed without doubt, e.g. `wkmp4-htzb7-bprc9` (60 bits).

    No letter or digit looks like another one (l, 1, o, 0), one letter case is enough, and without vowels no word appears
    by chance. `choose` picks one character of a text.
    """
    groups = (
        "".join(choose(READABLE_LETTERS) for _ in range(PASSWORD_GROUP_LETTERS)) + choose(READABLE_DIGITS)
        for _ in range(PASSWORD_GROUPS)
    )
    return "-".join(groups)


def as_made(password: str) -> str | None:
    """A password as `temporary_password` writes it, however somebody typed it: with capitals, other dashes, spaces or none. None for what can be no
    such password."""
    signs = [sign for sign in password.casefold() if sign.isalnum()]
    width = PASSWORD_GROUP_LETTERS + 1
    if len(signs) != PASSWORD_GROUPS * width or not set(signs) <= set(READABLE_LETTERS + READABLE_DIGITS):
        return None
    return "-".join("".join(signs[start : start + width]) for start in range(0, len(signs), width))
