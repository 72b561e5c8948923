"""The short way of a request to its handler, and of the answer back.

The framework routes, documents and refuses. Between routing and a handler it also asks, for each request, about caches,
hooks, cookies, forms and clean-ups that none of our routes has, and spends more time on that than a small command needs.
Handlers whose answer is one of our models, and that have no dependencies of their own, take this way instead; all others
take the framework's.
See docs/adr/0012-requests-take-a-short-way.md.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from litestar import Litestar, Request
from litestar.exceptions import ClientException, SerializationException
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.empty import Empty
from pydantic import ValidationError

from chassis.http.errors import PROBLEM_TYPE, RETRIED_STATUSES, refusal_document
from chassis.refusal import Refusal
from contracts.event import Model

AnyRequest = Request[Any, Any, Any]
Provider = Callable[[AnyRequest], Any]
"""Gives a handler an argument, or promises it."""

WAY = "short way"
JSON_HEADERS = ((b"content-type", b"application/json"),)
PROBLEM_HEADERS = ((b"content-type", PROBLEM_TYPE.encode()), (b"cache-control", b"no-store"))


class LeanRequest(AnyRequest):
    """A request whose body, if it came in one piece as small ones do, is at hand without a stream being made of it."""

    __slots__ = ()

    async def body(self) -> bytes:
        """The whole body; refused when it is longer than the route allows."""
        announced = header(self, b"content-length")
        limit = self.route_handler.resolve_request_max_body_size()
        if self._body is Empty and self.is_connected and announced.isdigit() and int(announced) <= (limit or 0):
            message = await self.receive()
            if message["type"] == "http.request" and len(message["body"]) == int(announced):
                self._body = self._connection_state.body = message["body"]
                self.is_connected = False
            else:
                self.receive = _after(message, self.receive)
        return await super().body()


def header(request: AnyRequest, name: bytes) -> str:
    """A header of a request by its name in lower case, or an empty text."""
    for found, value in request.scope["headers"]:
        if found == name:
            return value.decode("latin-1")
    return ""


def _after(message: Any, receive: Receive) -> Receive:
    """What was received already, then the rest."""
    kept = [message]

    async def replay() -> Any:
        return kept.pop() if kept else await receive()

    return replay


@dataclass(frozen=True, slots=True)
class _Answer:
    """A response that is whole: its status, the model that its body is the JSON of, and the headers that say so."""

    status: int
    model: Model
    headers: tuple[tuple[bytes, bytes], ...] = JSON_HEADERS

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        body = self.model.model_dump_json().encode()
        headers = [*self.headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


@dataclass(frozen=True, slots=True)
class _Way:
    """What a handler is called with: arguments that are provided, its body's model, and whether there are others."""

    provided: tuple[tuple[str, Provider, bool], ...]
    model: type[Model] | None
    has_others: bool

    @classmethod
    def of(cls, handler: HTTPRouteHandler, providers: Mapping[str, Provider]) -> Self | None:
        """The way to a handler, or None when it must be the framework's."""
        fields = handler.parsed_fn_signature.parameters
        answer = handler.parsed_fn_signature.return_type.annotation
        has_own = any(name in fields for name in handler.resolve_dependencies().keys() - providers.keys())
        if not (inspect.isclass(answer) and issubclass(answer, Model)) or handler.has_sync_callable or has_own:
            return None
        given = [(name, provider) for name, provider in providers.items() if name in fields]
        provided = tuple((name, provider, inspect.iscoroutinefunction(provider)) for name, provider in given)
        model = fields["data"].annotation if "data" in fields else None
        return cls(provided, model, has_others=bool(fields.keys() - providers.keys() - {"data"}))

    async def answer(self, request: AnyRequest, handler: HTTPRouteHandler, parameters: Any) -> _Answer:
        """Call the handler; its answer, or its refusal."""
        try:
            arguments: dict[str, Any] = {}
            for name, provider, is_promised in self.provided:
                arguments[name] = await provider(request) if is_promised else provider(request)
            if self.has_others or not await self._take_body(request, arguments):
                arguments = await _read(request, handler, parameters, arguments)
            return _Answer(handler.status_code, await handler.fn(**arguments))
        except Refusal as refusal:
            if refusal.status in RETRIED_STATUSES:
                raise  # the framework's way says when to come back
            return _Answer(refusal.status, refusal_document(refusal), PROBLEM_HEADERS)

    async def _take_body(self, request: AnyRequest, arguments: dict[str, Any]) -> bool:
        """Add what the body says to the arguments; False when it does not fit its model."""
        if self.model is not None:
            try:
                arguments["data"] = self.model.model_validate_json(await request.body())
            except ValidationError:
                return False
        return True


async def _read(
    request: AnyRequest, handler: HTTPRouteHandler, parameters: Any, provided: Mapping[str, Any]
) -> dict[str, Any]:
    """All arguments, as the framework reads them: it knows what stands in addresses, and says what is wrong with a body."""
    try:
        found = await parameters.to_kwargs(connection=request)
    except SerializationException as error:
        raise ClientException(str(error)) from error
    if found.get("data") is Empty:
        del found["data"]
    return handler.signature_model.parse_values_from_connection_kwargs(request, {**found, **provided})


class _ShortRoute(HTTPRoute):
    __slots__ = ()

    async def _get_response_for_request(
        self, scope: Scope, request: AnyRequest, route_handler: HTTPRouteHandler, parameter_model: Any
    ) -> ASGIApp:
        way: _Way | None = route_handler.opt.get(WAY)
        if way is None:
            return await super()._get_response_for_request(scope, request, route_handler, parameter_model)
        return await way.answer(request, route_handler, parameter_model)


def shorten_ways(app: Litestar, providers: Mapping[str, Provider]) -> None:
    """Have the handlers of an application be reached by the short way where it leads to them."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            route.__class__ = _ShortRoute
            for handler in route.route_handlers:
                handler.opt[WAY] = _Way.of(handler, providers)
