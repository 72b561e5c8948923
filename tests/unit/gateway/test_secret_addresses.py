"""Whatever takes a secret says so, where it is declared: operations by what their body holds, forms of pages by the operations that they call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest
from litestar import Litestar, Response, post
from pydantic import BaseModel, SecretStr

from contracts.identity import api
from contracts.identity.models import Activation
from contracts.operation import Operation, operations_of
from contracts.types import SERVICES
from gateway.limits import HAS_SECRET, SecretAddresses
from portal.frame.spaces import FILE, Screen, action
from portal.frame.visit import Visit
from portal.spaces import SPACES

SECRET_WORDS: Final = frozenset({"password", "code", "token", "secret", "keys", "answer"})
"""The last word of a field that proves who somebody is."""
NO_PROOF: Final[Mapping[str, str]] = {
    "create_site": "the code of a site is its name",
    "create_activity": "the code of a tariff is its name",
    "request_enrollment": "the code of a site is its name",
    "change_schooling": "the code of a school is its name",
    "match_address": "a postal code is no secret",
    **dict.fromkeys(
        ("begin_request", "check_paper_request", "enter_paper_request", "preview_circular", "send_circular"),
        "the code of a procedure is its name",
    ),
    "accept_terms": "that the terms were shown to the end, which is no secret",
    "create_agent": "the town's own tools alone may choose a password for somebody else",
    "end_by_provider": "the provider posts it, for all of its agents from one address",
}
OURS: Final = ("portal.", __name__)
OPERATIONS: Final = tuple(operation for service in SERVICES for operation in operations_of(service))
ACTIONS: Final = tuple(screen for space in SPACES for screen in space.pages if screen.method == "POST")


def holds_secret(body: type[BaseModel]) -> bool:
    """Whether a field of a body proves who somebody is, by its name or because it is kept out of sight."""
    return any(
        name.rpartition("_")[2] in SECRET_WORDS or "SecretStr" in str(item.annotation)
        for name, item in body.model_fields.items()
    )


def operations_called(function: Callable[..., Any]) -> set[str]:
    """The operations with a secret that a function of a page names, also by way of the portal's other functions."""
    seen: set[FunctionType] = set()

    def reached(value: object) -> Iterator[str]:
        if isinstance(value, Operation) and value.has_secret:
            yield value.name
        elif isinstance(value, FunctionType) and value.__module__.startswith(OURS) and value not in seen:
            seen.add(value)
            for named in named_by(value.__code__, value.__globals__):
                yield from reached(named)

    return set(reached(function))


def named_by(code: CodeType, module: Mapping[str, object]) -> Iterator[object]:
    values = [module[name] for name in code.co_names if name in module]
    yield from values
    held = [item for value in values if isinstance(value, Mapping) for item in value.values()]
    for value in (*values, *held):
        if isinstance(value, ModuleType) or is_dataclass(value):
            yield from (getattr(value, name) for name in code.co_names if hasattr(value, name))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from named_by(constant, module)


def test_operation_whose_body_holds_a_secret_is_marked() -> None:
    holding = {item.name for item in OPERATIONS if item.body and not item.is_safe and holds_secret(item.body)}
    assert {item.name for item in OPERATIONS if item.has_secret} == holding - NO_PROOF.keys()
    assert holding >= NO_PROOF.keys(), "what is excused needs no excuse any more"


def test_action_that_hands_a_secret_on_is_marked() -> None:
    unmarked = {
        screen.path: names
        for screen in ACTIONS
        if (names := operations_called(screen.answer)) and not screen.options[HAS_SECRET]
    }
    assert unmarked == {}
    assert [
        screen.path for screen in ACTIONS if screen.options[HAS_SECRET] and not operations_called(screen.answer)
    ] == []


def test_action_without_the_mark_is_noticed() -> None:
    async def inner(visit: Visit) -> Response[Any]:
        return await _hand_on(visit)

    screen: Screen = action("/nouveau")(inner)
    assert not screen.options[HAS_SECRET]
    assert operations_called(screen.answer) == {"activate"}


async def _hand_on(visit: Visit) -> Response[Any]:
    return Response(await visit.call(api.activate, Activation(token="x" * 16)))


class _Body(BaseModel):
    current_password: str


class _HiddenBody(BaseModel):
    words: SecretStr


class _PlainBody(BaseModel):
    first_name: str


def test_secret_is_known_by_its_name_or_by_its_type() -> None:
    assert [holds_secret(body) for body in (_Body, _HiddenBody, _PlainBody)] == [True, True, False]


@post("/plain", opt={HAS_SECRET: True})
async def plain() -> None: ...


@post("/keys/{key_id:uuid}", opt={HAS_SECRET: True})
async def with_parameter() -> None: ...


@post("/open", opt={FILE: True})
async def unmarked() -> None: ...


@pytest.mark.parametrize(
    ("method", "path", "is_limited"),
    [
        ("POST", "/plain", True),
        ("GET", "/plain", False),
        ("POST", "/plainer", False),
        ("POST", "/keys/5f3c1e9e-0000-4000-8000-000000000000", True),
        ("POST", "/keys/whatever", True),
        ("POST", "/keys/whatever/else", False),
        ("POST", "/keys", False),
        ("POST", "/open", False),
    ],
)
def test_addresses_are_those_of_marked_routes(method: str, path: str, is_limited: bool) -> None:
    routes = Litestar([plain, with_parameter, unmarked], openapi_config=None).routes
    assert SecretAddresses(routes).hold(method, path) is is_limited
