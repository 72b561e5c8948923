"""What travels of the keys with which a family opens the services of its town."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model

ServiceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
"""The code of a service in the town's file."""


class OwnService(Model):
    """A service of the town to whoever is signed in: `is_open` once its key was entered. `key` is the one that waits to be entered, for a
    service whose key came with the invitation; no other key is ever shown.
    """

    code: str
    label: str
    is_open: bool
    key: str | None


class OwnServices(Model):
    """The services of the town in its order; none for an agent, nor in a town whose portal is open without keys."""

    services: tuple[OwnService, ...]


class EnteredKey(Model):
    """The key of a service as it was typed; empty: it is left for later."""

    service: ServiceCode
    key: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""


class ServiceKeysEntry(Model):
    """The rows of the screen "SERVICES"."""

    keys: tuple[EnteredKey, ...] = Field(default=(), max_length=20)


class ServiceKeyState(Model):
    """Where the key of a service stands for an account. `issued_at` is None when it has none, `entered_at` until it was entered."""

    code: str
    label: str
    issued_at: datetime | None
    entered_at: datetime | None


class ServiceKeyRequest(Model):
    """The service whose key an account is given."""

    service: ServiceCode


class IssuedServiceKey(Model):
    """A key that was made: it is said this once, and the account's former one for the service opens nothing any more."""

    service: str
    label: str
    key: str
    issued_at: datetime


class SoughtKey(Model):
    """A key that somebody brought, as an agent types it."""

    key: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class FoundFile(Model):
    """The file of a household that invites whom a key was given to."""

    household_id: UUID
    reference: str


class KeyHolder(Model):
    """Whose a key is: the account that it was given to, and the files of the people for whom that stands. `is_replaced`: it opens nothing any more."""

    account_id: UUID
    label: str
    is_replaced: bool
    files: tuple[FoundFile, ...]


class MailedKey(Model):
    """The key of a service as the welcome mail says it, under the service's label."""

    label: str
    key: str
