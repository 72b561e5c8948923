"""Events of the identity service."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event
from contracts.types import AccountStatus, ActorKind, CredentialPurpose


class AccountState(Event):
    """An account as others may know it. Personal data: state topic only. A tombstone erases it."""

    event_type: ClassVar[str] = "identity.account_state.v1"
    topic: ClassVar[str] = "identity.accounts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    guardian_id: UUID | None
    kind: ActorKind
    status: AccountStatus
    email: str
    created_at: datetime


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
    """The activation link was followed, for the first and only time."""

    event_type: ClassVar[str] = "identity.account_activated.v1"
    topic: ClassVar[str] = "identity.account_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    activated_at: datetime


class CredentialsChosen(Event):
    """The person replaced the credentials that were generated for them."""

    event_type: ClassVar[str] = "identity.credentials_chosen.v1"
    topic: ClassVar[str] = "identity.account_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    chosen_at: datetime


class TermsAccepted(Event):
    """The terms were read to their end and accepted."""

    event_type: ClassVar[str] = "identity.terms_accepted.v1"
    topic: ClassVar[str] = "identity.account_facts"
    key_field: ClassVar[str] = "account_id"

    account_id: UUID
    terms_version: str
    accepted_at: datetime
