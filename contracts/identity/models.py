"""What travels in the requests and answers of the identity service."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, PlainSerializer, SecretStr, StringConstraints

from contracts.event import Model
from contracts.http import LINE, PAGE_SIZE_MAX, Email, ShortText
from contracts.identity.events import CredentialReason
from contracts.identity.online_service_words import OnlineService
from contracts.identity.service_keys import MailedKey, ServiceKeyState
from contracts.types import AccountStatus, ActorKind, CredentialPurpose, SessionStage

PASSWORD_TYPED_MAX = 128
USERNAME_TYPED_MAX = 80
"""Whatever is longer was pasted by mistake, and is not looked at."""
Password = Annotated[
    SecretStr,
    Field(max_length=PASSWORD_TYPED_MAX),
    PlainSerializer(lambda secret: secret.get_secret_value(), return_type=str, when_used="json"),
]
"""A password travels in a request's JSON alone; anywhere else it shows as stars."""
Username = Annotated[str, StringConstraints(strip_whitespace=True, max_length=USERNAME_TYPED_MAX, pattern=LINE)]
OpaqueToken = Annotated[str, StringConstraints(min_length=16, max_length=200)]


class SignIn(Model):
    """`login` is a user name or an e-mail address, as the town's `login.mode` allows."""

    login: Username
    password: Password


class SessionOpened(Model):
    """`session_token` is opaque, for the browser's cookie alone; it is never stored in clear. `device_token`, of a portal's browser, is kept there
    longer: by it whoever signs in again is known not to be somebody who guesses. `recovery_codes_left`: of whoever used one just now."""

    session_token: str
    expires_at: datetime
    stage: SessionStage
    device_token: str | None = None
    recovery_codes_left: int | None = None


class Session(Model):
    """Whose session it is. Everything but this and signing out waits for the stage `ready`.

    An agent has a `name`, first and last, and what the town's roles permit; a parent's name stands in the household's file. `services` are
    those of the town that this account opened with their keys, `declined` the online services that it does without, `first_steps` the stages that the town has such an account go through, in order.
    `has_username` is false for whoever signs in with their address alone. `is_second_factor_offered`: the town has such an account use one. `has_password` is false for an agent who signs in
    with the town's own provider alone.
    `guardian_id` is the adult who acts; `is_shared`: the account stands for several, of whom whoever signed in says which one.
    """

    session_id: UUID
    account_id: UUID
    guardian_id: UUID | None
    is_shared: bool
    kind: ActorKind
    name: str | None
    permissions: tuple[str, ...]
    username: str
    has_username: bool
    is_second_factor_offered: bool
    has_password: bool
    stage: SessionStage
    services: tuple[str, ...]
    declined: tuple[OnlineService, ...]
    first_steps: tuple[SessionStage, ...]
    previous_sign_in_at: datetime | None
    expires_at: datetime


class CurrentSession(Session):
    """Who is signed in, and the short-lived signed token that every other service checks.

    `previous_sign_in_at` is the sign-in before this one, None the first time. There is an actor token at the stage
    READY only: until then no other service is open. `expires_at` is when the session ends if nothing more is asked.
    """

    actor_token: str | None
    actor_token_expires_at: datetime | None


class Activation(Model):
    """The secret part of an activation link."""

    token: OpaqueToken


class ActivationLink(Model):
    """A link that may be followed: it opens an account for the first time, or installs the password that was mailed with it."""

    purpose: CredentialPurpose
    expires_at: datetime


class Activated(Model):
    """The account may now sign in with its temporary password. `device_token`: as of `SessionOpened`."""

    account_id: UUID
    activated_at: datetime
    device_token: str | None = None


class PasswordReset(Model):
    """Somebody forgot a password, or never had one: every account of this address is mailed a link and a password."""

    email: Email


class CredentialPolicy(Model):
    """What a personal password needs, from the town's settings. Zero asks for nothing."""

    length_min: int
    length_max: int
    lowercase_min: int
    uppercase_min: int
    digit_min: int
    username_length_min: int
    is_username_editable: bool


class CredentialsChoice(Model):
    """The three fields of "MODIFICATION DE VOS IDENTIFIANTS".

    Whoever signs in with their address alone says no `username`. `current_password` is needed once personal credentials were chosen, and
    ignored before; a blank `password` keeps it then.
    """

    username: Username | None = None
    password: Password
    password_confirmation: Password
    current_password: Password | None = None


class TermsSection(Model):
    """A titled part of the terms."""

    heading: str
    paragraphs: tuple[str, ...]


class Terms(Model):
    """The terms in force. `end_token` proves that the whole document was served; it is None without a session.

    `accept_mode` is `checkbox` or `button`; `sections` are (heading, paragraphs) in reading order.
    """

    version: str
    title: str
    sections: tuple[TermsSection, ...]
    accept_mode: str
    end_token: str | None


class TermsAcceptance(Model):
    """`is_accepted` must be true: the box was ticked or the button pressed."""

    version: ShortText
    end_token: Annotated[str, StringConstraints(max_length=200)]
    is_accepted: bool


class AcceptedTerms(Model):
    """A version of the terms that somebody accepted: its whole text, whose SHA-256 is `text_hash` in hexadecimal, and when. `name` is that of an adult
    of a family: each of those who share an account accepts for themself. It counts for nothing since `void_at`, once the town corrected
    the address of the account, `given_from`, at which a stranger may have opened it."""

    person_id: UUID
    name: str
    version: str
    accepted_at: datetime
    title: str
    sections: tuple[TermsSection, ...]
    text_hash: str
    void_at: datetime | None = None
    given_from: str | None = None


class Account(Model):
    """An account as an agent sees it. `guardian_ids` are the adults whom it stands for, `services` all those of the town, for a family.
    `invitation_id` is the credential whose link was neither followed nor replaced; `invitation_refused_at`: the mail of its invitation was given up, for the reason that its message says.
    """

    account_id: UUID
    guardian_ids: tuple[UUID, ...]
    kind: ActorKind
    status: AccountStatus
    email: str
    username: str
    created_at: datetime
    last_sign_in_at: datetime | None
    invitation_id: UUID | None
    invitation_expires_at: datetime | None
    invitation_refused_at: datetime | None
    services: tuple[ServiceKeyState, ...] = ()


class Invitation(Model):
    """A new link and temporary password are on their way; the former ones no longer work."""

    invitation_id: UUID
    account_id: UUID
    expires_at: datetime


class ProvisionalPassword(Model):
    """A password that an agent gives to the holder of an account, shown this once: at the next sign-in a personal one is chosen."""

    account_id: UUID
    login: str
    temporary_password: str
    expires_at: datetime


class NamesAsked(Model):
    """The agents whose names somebody wants, by account."""

    account_ids: tuple[UUID, ...] = Field(max_length=PAGE_SIZE_MAX)


class AgentName(Model):
    """Who an agent is for whoever asked: their name, or for a family the service where the town would rather say that."""

    account_id: UUID
    name: str


class Credential(Model):
    """What `CredentialIssued.sealed` holds, readable by the notifications service alone. `email` is the address that it was made for, whatever is
    known of the account where it is mailed. `username` is what the person signs in with: a
    name that they may change if it `has_username`, or else their address. `service_keys` come with an invitation. `is_delegate`: families let
    them act, and they have none here themselves. `reason` and `has_password` are of what replaces a password: whether one opens the account until then.
    `is_address_asked`: the page where one signs in speaks of an address alone, also to whoever has a name."""

    email: str
    username: str
    has_username: bool
    temporary_password: str
    activation_token: str
    service_keys: tuple[MailedKey, ...] = ()
    is_delegate: bool = False
    reason: CredentialReason = CredentialReason.ASKED
    has_password: bool = True
    is_address_asked: bool = False
