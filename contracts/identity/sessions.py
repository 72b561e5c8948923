"""What travels of the sessions that an account has open."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.http import LongText
from contracts.types import SignInMeans


class OwnSession(Model):
    """A session of whoever asks: where it was opened, how, and when it was used last. `browser` is a family such as `Firefox, Android`, empty
    for one that is not recognised. `is_current`: it is the one that asks.
    """

    session_id: UUID
    browser: str
    means: SignInMeans
    opened_at: datetime
    seen_at: datetime
    is_current: bool


class SessionsEnd(Model):
    """Why an agent ends the sessions of an account; its holder reads the reason in their history."""

    reason: Annotated[LongText, Field(min_length=1)]
