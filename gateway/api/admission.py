"""What the routes of the public API take from a request: on whose behalf they call, the idempotency key, the cursor."""

from typing import Annotated, Any, Final

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from ..auth import Visitor
from ..clients.calling import Caller

CURSOR_LENGTH_MAX: Final = 2000

Cursor = Annotated[
    str | None, QueryParameter(max_length=CURSOR_LENGTH_MAX, description="The page before's next_cursor")
]


def provide_caller(visitor: NamedDependency[Visitor]) -> Caller:
    """The dependency `caller`: somebody signed in whose first steps are done. Raises SignInNeeded or StageNotReady."""
    visitor.require_ready()
    return visitor.caller


def provide_claim(request: Request[Any, Any, Any]) -> str:
    """The dependency `claim`: the idempotency key as it came; the service that acts wants one, and says so."""
    return request.headers.get("idempotency-key", "")
