"""How a provider refuses a request: on a page of its own, or at the address of its client."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Codes:
    """What a provider's own page says of a client and an address that it does not know, a wrong parameter, and a request that is over."""

    client: str
    address: str
    parameter: str
    over: str


class PageError(Exception):
    """Refused on a page of the provider's own: nobody can be sent back, or not with trust."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


class RedirectError(Exception):
    """Refused at the client's address."""

    def __init__(self, redirect_uri: str, state: str, error: str, description: str) -> None:
        super().__init__(error)
        self.redirect_uri = redirect_uri
        self.state = state
        self.error = error
        self.description = description
