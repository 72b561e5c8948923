"""Routing and dependency injection: `@serves(operation)` makes a route of the function that carries an operation out.

The function is given the operation's own parameters by name, read and checked against their types, and whatever else it
asks for by type: the database, the actor, the idempotency claim, and what its service provides. Whoever may not call, or must
prove first who they are, is refused before anything is read. A function that does not fit its operation stops the import; one that asks for what
nobody provides stops the start.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Empty, Receive, Scope, Send
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.data.idempotency import KEY_LENGTH_MAX, Claim
from chassis.http.errors import PROBLEM_TYPE, malformed_document, refusal_document, retry_headers
from chassis.http.request import AnyRequest
from chassis.refusal import (
    ClockWrong,
    Forbidden,
    IdempotencyKeyMissing,
    Invalid,
    Refusal,
    StepUpNeeded,
    Unauthenticated,
)
from chassis.telemetry import acting
from contracts.http import File, Problem
from contracts.operation import BODY, REQUIRED, Operation, Parameter, Place
from contracts.types import Channel

Provider = Callable[[AnyRequest], Any]

OPERATION: Final = "operation"
"""Where a route keeps its operation: `handler.opt[OPERATION]`."""
WANTED: Final = "wanted"
"""Where a route keeps what its function asks for by type, as pairs of parameter and type."""
PROVIDED: Final = "provided"
"""Where an application keeps what its service provides, by type: `app.state[PROVIDED]`."""
CALLING_CHANNELS: Final = frozenset({Channel.PORTAL, Channel.COUNTER, Channel.API})
HEADER_LENGTH_MAX: Final = 200
USER_AGENT_MAX: Final = 512
JSON_TYPE: Final = "application/json"
CONVERTERS: Final = {"UUID": "uuid"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, sent as it is."""

    status: int
    content: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(name.encode(), value.encode()) for name, value in self.headers]
        if self.content:
            headers.append((b"content-length", str(len(self.content)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.content, "more_body": False})


def serves(operation: Operation[..., Any]) -> Callable[[Callable[..., Awaitable[Any]]], HTTPRouteHandler]:
    """Make a function the one that answers an operation.

    Raises:
        TypeError: it lacks a parameter of the operation, has it with another type, or answers something else.
    """

    def route(function: Callable[..., Awaitable[Any]]) -> HTTPRouteHandler:
        served = _Served.of(operation, function)

        async def handle(request: AnyRequest) -> ASGIApp:
            return await served.answer(request)

        return HTTPRouteHandler(
            litestar_path(operation.path, operation),
            http_method=operation.method,  # type: ignore[arg-type]  # one of the four that operations are declared with
            status_code=200,  # never read: an answer says its own
            opt={OPERATION: operation, WANTED: served.wanted},
            request_max_body_size=operation.body_max_bytes or Empty,
        )(handle)

    return route


def litestar_path(path: str, operation: Operation[..., Any]) -> str:
    """A path of an operation as the framework writes it: each parameter with its converter."""
    for parameter in operation.at(Place.PATH):
        kind = CONVERTERS.get(getattr(parameter.type, "__name__", ""), "str")
        path = path.replace(f"{{{parameter.name}}}", f"{{{parameter.name}:{kind}}}")
    return path


def header(request: AnyRequest, name: bytes) -> str:
    """A header of a request by its name in lower case, or an empty text."""
    return next((value.decode("latin-1") for header_name, value in request.scope["headers"] if header_name == name), "")


def actor_of(request: AnyRequest) -> Actor:
    """Who acts, by the request's token; read once. Raises Unauthenticated."""
    actor: Actor | None = request.scope.get("user")
    if actor is None:
        scheme, _, token = header(request, b"authorization").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        actor, channel = request.app.state.actors.read(token), channel_of(request)
        if actor.channel is not channel:
            actor = replace(actor, channel=channel)
        request.scope["user"] = actor
        acting(str(actor.account_id), actor.kind.value)
    return actor


def channel_of(request: AnyRequest) -> Channel:
    """Which way a request came, as the gateway says; what calls a service without it is an application of the town."""
    name = header(request, b"x-channel")
    return Channel(name) if name in CALLING_CHANNELS else Channel.API


def browser_session_of(request: AnyRequest) -> BrowserSession:
    """The browser's session, address, device and name, as the gateway hands them on. Raises Invalid."""
    session, address, device = (header(request, name) for name in (b"x-session", b"x-client-address", b"x-device"))
    user_agent = header(request, b"x-client-browser")
    if max(len(session), len(address), len(device)) > HEADER_LENGTH_MAX or len(user_agent) > USER_AGENT_MAX:
        raise Invalid
    return BrowserSession(session or None, address, channel_of(request), device, user_agent or None)


async def claim_of(request: AnyRequest) -> Claim:
    """The idempotency key, for this actor, operation and body. Raises IdempotencyKeyMissing."""
    key = header(request, b"idempotency-key").strip('"')
    if not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise IdempotencyKeyMissing
    operation = f"{request.method} {request.scope['path']}"
    return Claim.of(str(actor_of(request).account_id), key, operation, await request.body())


def database_of(request: AnyRequest) -> Database:
    db: Database = request.app.state.db
    return db


OWN_PROVIDERS: Final[Mapping[Any, Provider]] = {
    Actor: actor_of,
    BrowserSession: browser_session_of,
    Claim: claim_of,
    Database: database_of,
}


def check_provided(routes: Iterable[HTTPRouteHandler], provided: Mapping[Any, Any]) -> None:
    """Stop a service whose routes ask for what nobody provides, before the first request would.

    Raises:
        TypeError: with the parameter, and where such a type is provided.
    """
    for route in routes:
        for name, kind in route.opt.get(WANTED, ()):
            if kind not in OWN_PROVIDERS and kind not in provided:
                raise TypeError(
                    f"{route.opt[OPERATION].name}: nobody provides `{name}: {inspect.formatannotation(kind)}`; it is no "
                    "parameter of the operation (contracts/<service>/api.py), and no type of `provide` (app.py)"
                )


@dataclass(frozen=True, slots=True)
class _Served:
    """An operation and the function that answers it; `wanted` are the types it asks for besides, by parameter."""

    operation: Operation[..., Any]
    function: Callable[..., Awaitable[Any]]
    wanted: tuple[tuple[str, Any], ...]
    located: type[BaseModel] | None
    """The model of what stands in the path and the query, if anything does."""
    body: type[BaseModel] | None

    @classmethod
    def of(cls, operation: Operation[..., Any], function: Callable[..., Awaitable[Any]]) -> "_Served":
        signature = inspect.signature(function)
        given = dict(signature.parameters)
        for parameter in operation.parameters:
            own = given.pop(parameter.name, None)
            if own is None or (own.annotation, own.default) != (parameter.type, parameter.default):
                wanted_as = inspect.Parameter(
                    parameter.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=parameter.default,
                    annotation=parameter.type,
                )
                raise TypeError(f"{_place_of(function)} serves {operation.name} and needs the parameter `{wanted_as}`")
        if signature.return_annotation != operation.answer:
            answer = inspect.formatannotation(operation.answer)
            raise TypeError(f"{_place_of(function)} serves {operation.name} and needs to end in `-> {answer}`")
        wanted = tuple((name, item.annotation) for name, item in given.items())
        located = _model_of((*operation.at(Place.PATH), *operation.at(Place.QUERY)))
        return cls(operation, function, wanted, located, operation.body)

    async def answer(self, request: AnyRequest) -> Answer:
        """Carry the operation out; its answer, or its refusal."""
        try:
            if request.app.state.clock.reason:
                raise ClockWrong
            access = self.operation.access
            if access.needs_actor:
                actor = actor_of(request)
                if not access.allows(actor.kind, actor.permissions):
                    raise Forbidden
                if self.operation.is_closed_to(actor.kind, actor.opened):
                    raise StepUpNeeded(step_up=self.operation.step_up)
            return _answer(await self.function(**await self._arguments(request)), self.operation)
        except Refusal as refusal:
            return problem_answer(refusal_document(refusal))
        except _Malformed as malformed:
            return problem_answer(malformed.problem)

    async def _arguments(self, request: AnyRequest) -> dict[str, Any]:
        provided: Mapping[Any, Any] = request.app.state[PROVIDED]
        arguments: dict[str, Any] = {}
        if self.located is not None:
            texts = {**request.query_params, **request.path_params}
            arguments |= dict(_read(lambda model: model.model_validate(texts), self.located))
        if self.body is not None:
            content = await request.body() or b"{}"  # so that each field is said to be missing
            arguments[BODY] = _read(lambda model: model.model_validate_json(content), self.body)
        for name, kind in self.wanted:
            provider = OWN_PROVIDERS.get(kind)
            value = provider(request) if provider else provided[kind]
            arguments[name] = await value if inspect.isawaitable(value) else value
        return arguments


class _Malformed(Exception):
    """A request that does not fit its operation."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def _model_of(parameters: tuple[Parameter, ...]) -> type[BaseModel] | None:
    if not parameters:
        return None
    fields: dict[str, Any] = {
        item.name: (item.type, ... if item.default is REQUIRED else item.default) for item in parameters
    }
    return create_model("Located", __config__=ConfigDict(extra="ignore", arbitrary_types_allowed=True), **fields)


def _read(read: Callable[[type[BaseModel]], BaseModel], model: type[BaseModel]) -> BaseModel:
    try:
        return read(model)
    except ValidationError as error:
        raise _Malformed(malformed_document(error)) from error


def _place_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _answer(answer: Any, operation: Operation[..., Any]) -> Answer:
    if answer is None:
        return Answer(operation.status)
    if isinstance(answer, File):
        disposition = f'inline; filename="{answer.name}"'
        headers = {
            "content-type": answer.media_type,
            "content-disposition": disposition,
            "cache-control": "private, no-store",
        }
        return Answer(operation.status, answer.content, tuple(headers.items()))
    content = answer.model_dump_json().encode()
    return Answer(operation.status, content, (("content-type", JSON_TYPE),))


def problem_answer(problem: Problem) -> Answer:
    headers = [("content-type", PROBLEM_TYPE), ("cache-control", "no-store"), *retry_headers(problem)]
    return Answer(problem.status, problem.model_dump_json().encode(), tuple(headers))
