"""The forwarder: a public operation is asked of its service as it came, and answered as it went.

It admits (a session that is ready, where the operation wants somebody), adds on whose behalf it calls, and changes
neither body nor answer: rules and rights are the services' own, and so are their refusals.
"""

from dataclasses import replace
from typing import Any, Final

import httpx2
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from chassis.http.client import Unreachable
from chassis.http.errors import problem_document_of
from chassis.http.routes import OPERATION, Answer, litestar_path
from contracts.operation import Operation, OutgoingCall
from contracts.types import Channel

from ..admission import CSRF_EXEMPT
from ..auth import Sessions, Visitor
from ..calls import STEP_UP_NEEDED, Caller, Services
from ..limits import HAS_SECRET

HANDED_BACK: Final = ("content-type", "content-disposition", "cache-control", "etag", "retry-after")
FORBIDDEN: Final = 403
IDEMPOTENCY_KEY: Final = "idempotency-key"


def forwards(operation: Operation[..., Any]) -> HTTPRouteHandler:
    """The route of the public API that hands an operation on."""

    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        visitor: Visitor = request.state.visitor
        services: Services = request.app.state.services
        response = await services.forward(
            _caller(request, visitor, operation), operation, await _sent(request, operation)
        )
        is_changed = operation.access.is_of_session and not operation.is_safe
        if is_changed or _asks_proof(response):
            sessions: Sessions = request.app.state.sessions
            sessions.forget(visitor.session_token)
        return _answer(response, operation)

    # Whoever has no session yet has none that another site could abuse.
    return HTTPRouteHandler(
        litestar_path(str(operation.public), operation),
        http_method=operation.method,  # type: ignore[arg-type]  # one of the four that operations are declared with
        status_code=200,  # never read: an answer says its own
        opt={OPERATION: operation, CSRF_EXEMPT: operation.access.is_open, HAS_SECRET: operation.has_secret},
    )(handle)


def _asks_proof(response: httpx2.Response) -> bool:
    """Whether a service asks for a proof, which may have been given elsewhere since the session was looked up."""
    problem = problem_document_of(response.content) if response.status_code == FORBIDDEN else None
    return problem is not None and problem.code == STEP_UP_NEEDED


def _caller(request: Request[Any, Any, Any], visitor: Visitor, operation: Operation[..., Any]) -> Caller:
    """On whose behalf. Raises SignInNeeded, StageNotReady, Unreachable."""
    if operation.access.needs_actor:
        visitor.require_ready()
    elif operation.access.is_of_session:
        visitor.require_session()
    return replace(visitor.caller_with(request.headers.get(IDEMPOTENCY_KEY)), channel=Channel.API)


async def _sent(request: Request[Any, Any, Any], operation: Operation[..., Any]) -> OutgoingCall:
    query = tuple(request.query_params.multi_items())
    return OutgoingCall(operation.address(request.path_params), query, await request.body() if operation.body else None)


def _answer(response: httpx2.Response, operation: Operation[..., Any]) -> Answer:
    """The service's answer; what is none of an operation (a proxy's page, say) is not handed back."""
    if response.status_code >= 400 and problem_document_of(response.content) is None:
        raise Unreachable(operation.service, response)
    headers = tuple((name, response.headers[name]) for name in HANDED_BACK if name in response.headers)
    return Answer(response.status_code, response.content, headers)
