"""What travels when a passkey (WebAuthn) is registered, opens a session, or proves once more who somebody is."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.http import LINE
from contracts.identity.models import OpaqueToken, Password
from contracts.identity.second_factor import TypedCode

AuthenticatorAnswer = Annotated[str, StringConstraints(min_length=2, max_length=12_000)]
"""What the browser's authenticator answered, as JSON: a `RegistrationResponseJSON` or an `AuthenticationResponseJSON` of WebAuthn."""
PasskeyName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=LINE)]


class Passkey(Model):
    """A passkey of whoever asks, by the name that they gave it."""

    passkey_id: UUID
    name: str
    added_at: datetime
    last_used_at: datetime | None


class PasskeyOptions(Model):
    """What an authenticator is asked, as JSON: `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` of WebAuthn.
    One answer counts, until `expires_at`, from the browser or session that asked."""

    options: str = Field(repr=False)
    expires_at: datetime


class PasskeyRegistration(Model):
    """The password proves that it is the same person still; so does a code, of whoever has a second factor, which a passkey stands in for."""

    current_password: Password
    code: TypedCode = ""


class PasskeyAddition(Model):
    """The new passkey."""

    name: PasskeyName
    answer: AuthenticatorAnswer


class PasskeyRemoval(Model):
    """The password proves that there is another way in; an agent whom the town's own provider signs in has none."""

    current_password: Password | None = None


class PasskeySignInStart(Model):
    """`browser_token` is a secret that this browser keeps in a cookie: nobody else answers for it."""

    browser_token: OpaqueToken


class PasskeySignIn(PasskeySignInStart):
    """What the authenticator answered."""

    answer: AuthenticatorAnswer


class PasskeyProof(Model):
    """What the authenticator answered."""

    answer: AuthenticatorAnswer
