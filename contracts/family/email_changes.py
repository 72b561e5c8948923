"""Changing the e-mail address that one signs in with: asked for by the adult, confirmed with a link that the new address gets."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from contracts.event import Model
from contracts.http import Email


class EmailChangeRequest(Model):
    """The new address."""

    email: Email


class PendingEmail(Model):
    """An address that nobody confirmed yet. The link that confirms it works until `expires_at`."""

    email: str
    requested_at: datetime
    expires_at: datetime


class OwnEmailChange(Model):
    """The present address of whoever asks, and the one that waits for its link to be followed, if any."""

    email: str | None
    pending: PendingEmail | None


class EmailLink(Model):
    """The secret part of a link that confirms an address."""

    token: Annotated[str, StringConstraints(min_length=16, max_length=200)]


class ConfirmedEmail(Model):
    """The address that an adult has from now on."""

    email: str
    confirmed_at: datetime


class MailedLink(Model):
    """What `EmailLinkIssued.sealed` holds, readable by the notifications service alone: the new address, and the secret of its link."""

    email: str
    token: str
