"""What travels of the second factor of an agent: an authenticator application (TOTP, RFC 6238), and codes for its loss."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from contracts.event import Model
from contracts.identity.models import Password, SessionOpened

TypedCode = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
"""A code as it was typed, with whatever spaces and dashes."""


class SecondFactor(Model):
    """The second factor of whoever asks. `is_offered`: the town has their kind of account use one. `recovery_codes_left` are those that were
    not used yet.
    """

    is_offered: bool
    is_required: bool
    enrolled_at: datetime | None
    recovery_codes_left: int


class SecondFactorCandidate(Model):
    """What an authenticator application is set up with: the secret in Base32, and the address that a QR code holds. It counts for nothing
    until a code proves that the application has it, and is another one in every session. `is_replacement`: it takes the place of one, whose
    code is asked for too.
    """

    secret: str = Field(repr=False)
    uri: str = Field(repr=False)
    is_replacement: bool


class SecondFactorEntry(Model):
    """The code that the application shows, or else a recovery code, which works once."""

    code: TypedCode = ""
    recovery_code: TypedCode = ""


class SecondFactorEnrollment(Model):
    """`code` is one of the new application, `current_code` one of the former, or a recovery code: whoever replaces one has both."""

    code: TypedCode
    current_password: Password = SecretStr("")
    current_code: TypedCode = ""


class RecoveryCodesRenewal(Model):
    """Password and code prove that it is the same person still."""

    code: TypedCode
    current_password: Password = SecretStr("")


class RecoveryCodes(Model):
    """Codes for the loss of the application, said this once: each works once. Those of before work no more."""

    codes: tuple[str, ...] = Field(repr=False)


class SecondFactorEnrolled(RecoveryCodes):
    """The application is the second factor from now on; `session` takes the place of the one that asked, which ends."""

    session: SessionOpened
