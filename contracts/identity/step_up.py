"""What travels when somebody proves once more who they are, and when they take a list away as a file."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, PlainSerializer, SecretStr

from contracts.event import Model
from contracts.http import ShortText
from contracts.types import StepUp, StepUpMeans

TypedCode = Annotated[
    SecretStr,
    Field(max_length=40),
    PlainSerializer(lambda secret: secret.get_secret_value(), return_type=str, when_used="json"),
]
"""A code as it was typed, with the spaces around and between its digits."""


class SentCode(Model):
    """A code that is alive: it works until `expires_at`, in the session that asked for it alone; another one may be asked for from `resend_at`."""

    sent_at: datetime
    expires_at: datetime
    resend_at: datetime


class StepUpState(Model):
    """What stands between a session and the acts that the town asks a proof for: `asks`, until `proof_ends_at` if one was given. `means` are
    those that the account has. `mailed_to` is the address that a code goes to, with its name left out but for the first letter."""

    asks: tuple[StepUp, ...]
    proof_ends_at: datetime | None
    means: tuple[StepUpMeans, ...]
    mailed_to: str
    code: SentCode | None


class Proof(Model):
    """The code that was mailed."""

    code: TypedCode


class ApplicationProof(Model):
    """The code that the authenticator application shows."""

    application_code: TypedCode


class Export(Model):
    """A list that is taken away as a file, by the name of the file."""

    name: ShortText
