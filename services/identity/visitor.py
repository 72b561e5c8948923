"""Who knocks: the browser's session token and its source address, as the gateway hands them on in two headers."""

from dataclasses import dataclass, field
from typing import Annotated

from litestar.di import Provide
from litestar.params import HeaderParameter

HEADER_LENGTH_MAX = 200

SessionToken = Annotated[str | None, HeaderParameter(name="X-Session", max_length=HEADER_LENGTH_MAX)]
ClientAddress = Annotated[str | None, HeaderParameter(name="X-Client-Address", max_length=HEADER_LENGTH_MAX)]


@dataclass(frozen=True, slots=True)
class Visitor:
    """`session_token` is None for somebody who is not signed in; `address` is empty when the gateway did not say."""

    session_token: str | None = field(repr=False)
    address: str = field(repr=False)


def read_visitor(session_token: SessionToken = None, client_address: ClientAddress = None) -> Visitor:
    """The visitor of a request."""
    return Visitor(session_token, client_address or "")


VISITOR = {"visitor": Provide(read_visitor, sync_to_thread=False)}
