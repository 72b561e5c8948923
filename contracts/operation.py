"""An operation: a call that a service offers, declared once (an RPC interface over HTTP and JSON).

It is declared in `contracts/<service>/api.py` by decorating a stub, whose signature says what it takes and gives:

    @post("/enrollments/{enrollment_id}/decision", agents(BookingPermission.DECIDE_ENROLLMENTS), public=True)
    async def decide_enrollment(enrollment_id: UUID, body: EnrollmentDecision) -> Enrollment:
        "Validate or refuse an enrollment; a refusal says why."

A parameter that the path names stands there, `body` is the request's JSON, every other one is a query parameter. The
route that serves it (`chassis/http/routes.py`), typed calls and the public API (`gateway/calls.py`, `gateway/api/`),
the OpenAPI documents, the role columns of the authorization document and the reference pages are made of this value.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum, auto
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, Generic, ParamSpec, TypedDict, TypeVar, Unpack
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from .http import FileType
from .types import ActorKind, Permission, StepUp

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

BODY: Final = "body"
REQUIRED: Final = inspect.Parameter.empty
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an operation. Whether it is theirs to touch is another question, for the service that owns it.

    `is_open`: nobody needs to say who they are. `is_of_session`: it is about the browser's own session, whoever it is of.
    `is_for_delegates`: it is about what a family let somebody else do, who may have a family of their own; it is the only thing open to
    who has none.
    `permission` is what an agent needs; None when no agent may. The town's own tools (`system`) may do what some agent may.
    """

    is_open: bool = False
    is_of_session: bool = False
    is_for_families: bool = False
    is_for_delegates: bool = False
    permission: Permission | None = None

    @property
    def needs_actor(self) -> bool:
        """Whether a signed actor token is needed."""
        return not (self.is_open or self.is_of_session)

    def allows(self, kind: ActorKind, permissions: AbstractSet[str]) -> bool:
        """Whether somebody of this kind, with these permissions, may call."""
        if kind is ActorKind.PARENT:
            return self.is_for_families or self.is_for_delegates
        if kind is ActorKind.DELEGATE:
            return self.is_for_delegates
        if kind is ActorKind.SYSTEM:
            return self.permission is not None
        return self.permission in permissions


EVERYBODY: Final = Access(is_open=True)
OWN_SESSION: Final = Access(is_of_session=True)


def families(permission: Permission | None = None) -> Access:
    """Families, and agents with this permission."""
    return Access(is_for_families=True, permission=permission)


def delegates() -> Access:
    """Whoever a family let act for its children, with or without a family of their own."""
    return Access(is_for_delegates=True)


def agents(permission: Permission) -> Access:
    """Agents with this permission."""
    return Access(permission=permission)


class Place(Enum):
    """Where a parameter stands in a request."""

    PATH = auto()
    QUERY = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an operation is given under a name. `default` is `REQUIRED` when it must be there."""

    name: str
    place: Place
    type: Any
    default: Any = REQUIRED


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A call on the wire: the path below the service's address, the query as pairs, and the body as JSON."""

    path: str
    query: tuple[tuple[str, str], ...]
    content: bytes | None

    @property
    def address(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Operation(Generic[P, R_co]):
    """A call that a service offers.

    `public` is its path in the public API, None when it is private. `is_keyed`: it wants an idempotency key, and the
    same key gives the same answer and one effect. `is_slow`: a system outside the town takes part, or a document is set,
    which may take its time. `is_repeatable`: after a lost answer it may be asked again. `is_noted`: it leaves a row in the history of what was
    done, as all that changes something does.

    `has_secret`: its body holds what proves who somebody is, so that it may be asked less often than anything else.

    `body_max_bytes` is how large its body may be, where that is more than the process takes for any other: a file travels in it.
    `file_type` is what it answers when that is a file.

    `step_up` is the class of acts that it belongs to, before which the town may ask its caller to prove once more who they are; None for
    what a session alone opens everywhere.
    """

    service: str
    name: str
    method: str
    path: str
    access: Access
    summary: str
    parameters: tuple[Parameter, ...]
    answer: Any
    status: int
    public: str | None
    is_keyed: bool
    is_slow: bool
    is_repeatable: bool
    is_noted: bool
    step_up: StepUp | None
    has_secret: bool
    body_max_bytes: int | None
    file_type: FileType
    stub: Callable[P, Awaitable[R_co]] = field(repr=False, compare=False)

    @property
    def is_safe(self) -> bool:
        """Whether it changes nothing."""
        return self.method in SAFE_METHODS

    @property
    def body(self) -> type[BaseModel] | None:
        """The model of its body, if it takes one."""
        return next((parameter.type for parameter in self.at(Place.BODY)), None)

    def is_closed_to(self, kind: ActorKind, opened: AbstractSet[str]) -> bool:
        """Whether somebody of this kind, to whom these classes of acts are open, must prove first who they are. The town's own tools never
        must: they have no session that somebody else may have found."""
        return self.step_up is not None and kind in self.step_up.asked_of and self.step_up not in opened

    def at(self, place: Place) -> tuple[Parameter, ...]:
        """The parameters that stand in a place."""
        return tuple(parameter for parameter in self.parameters if parameter.place is place)

    def takes(self, name: str) -> bool:
        """Whether it has a query parameter of this name."""
        return any(parameter.name == name for parameter in self.at(Place.QUERY))

    def address(self, values: Mapping[str, Any]) -> str:
        """Its path with these values, each quoted: whatever a value holds, it stays one segment."""
        return re.sub(r"{(\w+)}", lambda match: _segment(str(values[match[1]])), self.path)

    def sent(self, *args: P.args, **kwargs: P.kwargs) -> OutgoingCall:
        """The call with these arguments. What nobody said stays unsaid: query parameters that are None, fields of the body that have their
        default. One that was said to be None is sent as null."""
        bound = inspect.signature(self.stub).bind(*args, **kwargs).arguments
        given = {name: bound[name] for name in bound if bound[name] is not None}
        query = tuple((item.name, str(given[item.name])) for item in self.at(Place.QUERY) if item.name in given)
        body: BaseModel | None = given.get(BODY)
        content = None if body is None else body.model_dump_json(by_alias=True, exclude_unset=True).encode()
        return OutgoingCall(self.address(given), query, content)


class Options(TypedDict, total=False):
    """The options of a declaration; see `Operation`. `public` is True when its public path is the same."""

    public: str | bool
    status: int
    is_keyed: bool
    is_slow: bool
    is_repeatable: bool
    is_noted: bool
    step_up: StepUp
    has_secret: bool
    body_max_bytes: int
    file_type: FileType


@dataclass(frozen=True, slots=True)
class Declaration:
    """What makes an operation of a stub: `get`, `post`, `put` or `delete` with a path, who may call, and its options."""

    method: str
    path: str
    access: Access
    options: Options

    def __call__(self, stub: Callable[P, Awaitable[R]]) -> Operation[P, R]:
        """The operation of a stub of `contracts.<service>.api`."""
        signature = inspect.signature(stub)
        answer, options = signature.return_annotation, self.options
        is_keyed, public = options.get("is_keyed", False), options.get("public", False)
        return Operation(
            service=stub.__module__.removeprefix("contracts.").partition(".")[0],
            name=stub.__name__,
            method=self.method,
            path=self.path,
            access=self.access,
            summary=" ".join((stub.__doc__ or "").split()),
            parameters=tuple(_parameter(item, self.path) for item in signature.parameters.values()),
            answer=answer,
            status=options.get("status", 204 if answer is None else 200),
            public=self.path if public is True else public or None,
            is_keyed=is_keyed,
            is_slow=options.get("is_slow", False),
            is_repeatable=options.get("is_repeatable", self.method != "POST" or is_keyed),
            is_noted=options.get("is_noted", self.method not in SAFE_METHODS),
            step_up=options.get("step_up"),
            has_secret=options.get("has_secret", False),
            body_max_bytes=options.get("body_max_bytes"),
            file_type=options.get("file_type", FileType.PDF),
            stub=stub,
        )


def get(path: str, access: Access, **options: Unpack[Options]) -> Declaration:
    """Declare an operation that reads."""
    return Declaration("GET", path, access, options)


def post(path: str, access: Access, **options: Unpack[Options]) -> Declaration:
    """Declare an operation that acts each time that it is asked, or once for each key if it is keyed."""
    return Declaration("POST", path, access, options)


def put(path: str, access: Access, **options: Unpack[Options]) -> Declaration:
    """Declare an operation that leaves things the same however often it is asked."""
    return Declaration("PUT", path, access, options)


def delete(path: str, access: Access, **options: Unpack[Options]) -> Declaration:
    """Declare an operation that ends something."""
    return Declaration("DELETE", path, access, options)


def _parameter(item: inspect.Parameter, path: str) -> Parameter:
    place = Place.BODY if item.name == BODY else Place.PATH if f"{{{item.name}}}" in path else Place.QUERY
    return Parameter(item.name, place, item.annotation, item.default)


def _segment(value: str) -> str:
    """A value as one segment of a path; dots that would lead up it are quoted too."""
    quoted = quote(value, safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


def operations_of(service: str) -> tuple[Operation[..., Any], ...]:
    """The operations of a service, in the order of its modules `api` and, where there are many, `<of_what>_api`."""
    package = import_module(f"contracts.{service}")
    names = sorted(item.name for item in iter_modules(package.__path__) if item.name.endswith("api"))
    modules = [import_module(f"contracts.{service}.{name}") for name in sorted(names, key=lambda name: name != "api")]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Operation))
