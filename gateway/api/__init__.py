"""The public JSON API, `/api/v1`: what the pages use, for the town's own applications.

Each route asks one service, on behalf of whoever is signed in, and gives its answer or its refusal unchanged: rules and
rights are the services' own. Bodies and answers are the models of `contracts/`.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, Router, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from . import attendance, bookings, catalog, enrollments, households, invoice_runs, invoices, sessions
from .admission import provide_caller, provide_claim
from .errors import API_ERRORS

__all__ = ["API", "API_ERRORS", "OPENAPI"]

AREAS = (sessions, catalog, households, enrollments, bookings, attendance, invoices, invoice_runs)


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi() -> Response[bytes]:
    """The published description of this API (OpenAPI 3.1)."""
    return Response(_published_document(), media_type="application/json")


@cache
def _published_document() -> bytes:
    return files("contracts").joinpath("openapi", "gateway.json").read_bytes()


def _nowhere(_connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """The framework's own page of the description is not served."""
    raise NotFoundException


API: list[Any] = [
    openapi,
    Router(
        "/",
        route_handlers=[route for area in AREAS for route in area.ROUTES],
        dependencies={
            "caller": Provide(provide_caller, sync_to_thread=False),
            "claim": Provide(provide_claim, sync_to_thread=False),
        },
    ),
]

OPENAPI = OpenAPIConfig(
    title="Portail famille",
    version="1.0.0",
    description="Sign in with POST /api/v1/sessions, then send its token in Authorization: Bearer.",
    security=[{"session": []}],
    components=Components(security_schemes={"session": SecurityScheme(type="http", scheme="bearer")}),
    openapi_router=Router("/schema", route_handlers=[], guards=[_nowhere], include_in_schema=False),
)
