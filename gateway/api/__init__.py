"""The public JSON API, `/api/v1`: every operation that its service made public, for the town's own applications.

Each is handed on by one forwarder. No cookie is set here: a session's token travels in `Authorization: Bearer`, which no
browser sends by itself.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, get

from contracts.operation import Operation, operations_of
from contracts.types import SERVICES

from .errors import API_ERRORS
from .forwarding import forwards

__all__ = ["API", "API_ERRORS", "public_operations"]


def public_operations() -> tuple[Operation[..., Any], ...]:
    """Every operation with a public path."""
    return tuple(operation for service in SERVICES for operation in operations_of(service) if operation.public)


@get("/openapi.json", sync_to_thread=False)
def openapi() -> Response[bytes]:
    """The published description of this API (OpenAPI 3.1)."""
    return Response(_published_document(), media_type="application/json")


@cache
def _published_document() -> bytes:
    return files("contracts").joinpath("openapi", "gateway.json").read_bytes()


API: list[Any] = [openapi, *(forwards(operation) for operation in public_operations())]
