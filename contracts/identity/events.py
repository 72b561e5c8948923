"""Events of the identity service."""

from datetime import datetime
from enum import StrEnum, auto
from typing import ClassVar
from uuid import UUID

from contracts.event import Event
from contracts.identity.online_service_words import OnlineService
from contracts.types import AccountStatus, ActorKind, CredentialPurpose


class AccountState(Event):
    """An account as others may know it. `guardian_ids` are the adults whom it stands for, none for an agent; `declined` the online services that they do without. Personal data: state topic only.
    A tombstone erases it."""

    event_type: ClassVar[str] = "identity.account_state.v1"
    topic: ClassVar[str] = "identity.accounts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    guardian_ids: tuple[UUID, ...]
    kind: ActorKind
    status: AccountStatus
    email: str
    created_at: datetime
    declined: tuple[OnlineService, ...] = ()


class CredentialReason(StrEnum):
    """Why a link that replaces a password is mailed: somebody ASKED; the town corrected the address, at which a stranger may have opened the
    account; or a person LEFT it who knows its password."""

    ASKED = auto()
    ADDRESS_CORRECTED = auto()
    PERSON_LEFT = auto()


class CredentialIssued(Event):
    """A credential to be mailed, sealed for the notifications service alone (JWE, ECDH-ES on X25519).

    The sealed text is the JSON of `contracts.identity.models.Credential`. It is useless after `expires_at`.
    """

    event_type: ClassVar[str] = "identity.credential_issued.v1"
    topic: ClassVar[str] = "identity.credentials"
    key_field: ClassVar[str] = "account_id"

    credential_id: UUID
    account_id: UUID
    purpose: CredentialPurpose
    sealed: str
    expires_at: datetime


class EmailReplaced(Event):
    """The address of an account was replaced, which the holder of the former one must hear of: that one, sealed like a credential."""

    event_type: ClassVar[str] = "identity.email_replaced.v1"
    topic: ClassVar[str] = "identity.credentials"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    sealed: str
    replaced_at: datetime


class StepUpCodeIssued(Event):
    """A code to prove who one is, to be mailed to the holder of an account: its digits, sealed like a credential. It is useless after `expires_at`."""

    event_type: ClassVar[str] = "identity.step_up_code_issued.v1"
    topic: ClassVar[str] = "identity.credentials"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    sealed: str
    issued_at: datetime
    expires_at: datetime


class AccountCreated(Event):
    """An account exists and its invitation is on its way."""

    event_type: ClassVar[str] = "identity.account_created.v1"
    topic: ClassVar[str] = "identity.account_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    guardian_id: UUID | None
    kind: ActorKind
    created_at: datetime


class AccountActivated(Event):
    """The activation link of an account that was not open was followed: for the first time, or for the first since nobody was left in it."""

    event_type: ClassVar[str] = "identity.account_activated.v1"
    topic: ClassVar[str] = "identity.account_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    activated_at: datetime


class CredentialsChosen(Event):
    """The person replaced the credentials that were generated for them, or chose others since."""

    event_type: ClassVar[str] = "identity.credentials_chosen.v1"
    topic: ClassVar[str] = "identity.security_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    chosen_at: datetime


class BrowserFirstUsed(Event):
    """Somebody signed in with a family of browsers that this account had never used, such as `Firefox, Android`; empty when it is not
    recognised. The first browser of an account is no news.
    """

    event_type: ClassVar[str] = "identity.browser_first_used.v1"
    topic: ClassVar[str] = "identity.security_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    browser: str
    used_at: datetime


class SecurityChange(StrEnum):
    """What changed of the ways into an account, which its holder hears of. In events this is a plain string, for it grows."""

    PASSWORD_CHANGED = auto()
    PASSKEY_ADDED = auto()
    PASSKEY_REMOVED = auto()
    PASSKEYS_REMOVED = auto()
    SECOND_FACTOR_SET = auto()
    SECOND_FACTOR_REPLACED = auto()
    SECOND_FACTOR_REMOVED = auto()
    RECOVERY_CODES_RENEWED = auto()
    RECOVERY_CODE_USED = auto()
    FRANCECONNECT_LINKED = auto()
    FRANCECONNECT_UNLINKED = auto()
    PROVIDER_LINKED = auto()
    PROVIDER_UNLINKED = auto()
    SESSIONS_ENDED = auto()


class SecurityChanged(Event):
    """Something changed of the ways into an account, by its holder, by the town, or with a password that was replaced. `change` is one of
    `SecurityChange`: more may come.
    """

    event_type: ClassVar[str] = "identity.security_changed.v1"
    topic: ClassVar[str] = "identity.security_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    change: str
    changed_at: datetime


class SessionsClosed(Event):
    """The holder of an account closed sessions of theirs other than the one that they act in."""

    event_type: ClassVar[str] = "identity.sessions_closed.v1"
    topic: ClassVar[str] = "identity.security_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    closed_at: datetime


class TermsAccepted(Event):
    """The terms were read to their end and accepted."""

    event_type: ClassVar[str] = "identity.terms_accepted.v1"
    topic: ClassVar[str] = "identity.account_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    terms_version: str
    accepted_at: datetime


class InvitationFinding(StrEnum):
    """What a line of a run comes to. TO_INVITE until the run came to it, then REQUESTED: the mail is ordered. Any other invites nobody.

    ACTIVE: the space was opened already. INVITED: a link is alive, or on its way. CLOSED: the town closed the account.
    UNKNOWN_REFERENCE: no file has it. ADDRESS_MISSING: nobody in the file has an address. ADDRESS_MALFORMED: what the line says is none.
    ADDRESS_DIFFERS: nobody in the file has the address that the line says. DUPLICATE: an earlier line says the same, or names the same account.
    """

    TO_INVITE = auto()
    REQUESTED = auto()
    ACTIVE = auto()
    INVITED = auto()
    CLOSED = auto()
    UNKNOWN_REFERENCE = auto()
    ADDRESS_MISSING = auto()
    ADDRESS_MALFORMED = auto()
    ADDRESS_DIFFERS = auto()
    DUPLICATE = auto()


class AccountsMerged(Event):
    """Two accounts of one human are one from now on, which both addresses hear of: there is one event for each. `is_kept`: this account goes on,
    and stands for the people of both; the other one opens nothing any more. It can be undone until `undo_ends_at`.
    """

    event_type: ClassVar[str] = "identity.accounts_merged.v1"
    topic: ClassVar[str] = "identity.security_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    is_kept: bool
    merged_at: datetime
    undo_ends_at: datetime


class AccountsSeparated(Event):
    """A merge was undone, which both addresses hear of. `is_kept`: as of `AccountsMerged`."""

    event_type: ClassVar[str] = "identity.accounts_separated.v1"
    topic: ClassVar[str] = "identity.security_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    is_kept: bool
    separated_at: datetime
