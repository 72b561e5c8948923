"""What travels when a browser goes to a provider of identities and comes back, whichever it is."""

from typing import Annotated

from pydantic import StringConstraints

from contracts.event import Model
from contracts.http import LINE
from contracts.identity.models import OpaqueToken

Path = Annotated[str, StringConstraints(max_length=500, pattern=LINE)]
Parameter = Annotated[str, StringConstraints(max_length=2000, pattern=LINE)]


class AuthorizationRequest(Model):
    """`browser_token` is a secret that this browser keeps in a cookie; what it began nobody else ends. `next_path` is the page to go on to."""

    browser_token: OpaqueToken
    next_path: Path = ""


class AuthorizationStarted(Model):
    """Where the browser goes to say who it is."""

    url: str


class AuthorizationReturn(Model):
    """What the browser brought back: a `code`, or an `error`."""

    browser_token: OpaqueToken
    state: Parameter = ""
    code: Parameter | None = None
    error: Parameter | None = None
    iss: Parameter | None = None
