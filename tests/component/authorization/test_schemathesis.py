"""Requests made from the OpenAPI documents, right and wrong, to every operation: no 5xx, and answers as documented.

It shares the town of the matrix, so that requests find people and things that exist; it knows their ids and asks for them half of
the time. The same requests are made in every run.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from deploy.local.child import free_ports
from tests.component.authorization.matrix import APPLICATIONS, OPENAPI
from tests.component.authorization.world import World
from tests.component.gateway.town import Listener
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

EXAMPLES: Final = 8
NOBODY: Final[dict[str, str]] = {}
CHECKS: Final = [not_a_server_error, content_type_conformance, response_schema_conformance]
BODIES: Final = (
    (b"{", "application/json"),
    (b'{"login": "\xff\xfe"}', "application/json"),
    (b"[" * 50_000, "application/json"),
    (b"null", "application/json"),
    (b"1e400", "application/json"),
    (b'{"a": NaN}', "application/json"),
    (b"a=1", "application/x-www-form-urlencoded"),
    (b"<a/>", "text/xml"),
    (b"\x80", "application/msgpack"),
    (b"x", "multipart/form-data"),
    (b"", "application/json; charset=nothing"),
)


class Fuzzer:
    """Sends what schemathesis makes of one application's document, on behalf of those who are signed in."""

    def __init__(self, application: str, url: str, known: Mapping[str, str], callers: list[dict[str, str]]) -> None:
        self.schema = schemathesis.openapi.from_path(OPENAPI / f"{application}.json")
        self.url = url
        self.known = known
        self.callers = callers
        self.examples = EXAMPLES
        self.session = requests.Session()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []

    def run(self) -> None:
        """Everything, one operation after the other; blocking."""
        for result in self.schema.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]  # a document that is wrong raises here
            for mode in GenerationMode:
                self._send_generated(operation, mode)
            if operation.body:
                self._send_malformed(operation.method, operation.path)

    def _send_generated(self, operation: Any, mode: GenerationMode) -> None:
        # Signing out really would leave the operations after it to nobody.
        callers = [NOBODY] if operation.method == "delete" else self.callers

        @settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            caller=st.sampled_from(callers),
            is_known=st.booleans(),
        )
        def send(case: Case[Any], caller: dict[str, str], is_known: bool) -> None:
            if is_known:
                case.path_parameters = self._with_known(case.path_parameters)
                case.query = self._with_known(case.query)
                case.body = self._with_known(case.body)
            response = case.call(base_url=self.url, headers=caller, session=self.session)
            self.statuses[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        try:
            send()
        except Unsatisfiable:
            pass  # an operation that takes nothing cannot be called wrongly
        except BaseException as fault:  # a group of failures is no `Exception`, and would end the event loop
            self.faults.append(str(fault))

    def _send_malformed(self, method: str, path: str) -> None:
        for name, value in self.known.items():
            path = path.replace(f"{{{name}}}", value)
        for body, media_type in BODIES:
            headers = {**self.callers[0], "Content-Type": media_type, "Idempotency-Key": "malformed"}
            answer = self.session.request(method, self.url + path, data=body, headers=headers)
            is_refused = 400 <= answer.status_code < 500
            if not is_refused or answer.headers["content-type"] != "application/problem+json":
                self.faults.append(f"{method} {path} {media_type} {body[:20]!r}: {answer.status_code} {answer.text}")

    def _with_known(self, part: Any) -> Any:
        """A part of a request, with ids of things that exist."""
        if isinstance(part, list):
            return [self._with_known(item) for item in part]
        if not isinstance(part, Mapping):
            return part
        return {name: self.known.get(name) or self._with_known(value) for name, value in part.items()}


def known_values(world: World) -> dict[str, str]:
    """What exists, by the name of the field or parameter that stands for it."""
    owned = {f"{kind}_id": value for kind, value in world.owned["first"].items()}
    shared = {f"{kind}_id": value for kind, value in world.shared.items()}
    return {**owned, **shared, "recipient_id": owned["guardian_id"], "tariff_code": "leisure"}


@asynccontextmanager
async def listening(world: World, application: str) -> AsyncIterator[str]:
    """The address of an application behind a real socket."""
    if application != "gateway":
        yield f"http://127.0.0.1:{world.town.listeners[application].port}"
        return
    (port,) = free_ports(1)
    listener = Listener(world.town.gateway, port)
    await listener.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await listener.stop()


async def callers(world: World, application: str) -> list[dict[str, str]]:
    """An agent who may do everything that some agent may, and a parent."""
    if application == "gateway":
        tokens = [(await world.town.agent(*Role)).session_token, world.people["parent"].session]
        return [{"Authorization": f"Bearer {token}"} for token in tokens]
    service = world.town.services[application]
    parent = {"X-Session": world.people["parent"].session, **service.as_actor(world.people["parent"].actor)}
    return [{**service.as_system()}, service.as_agent(*Role), parent]


@pytest.mark.parametrize("application", [*APPLICATIONS, "gateway"])
async def test_no_request_is_answered_by_a_fault(world: World, application: str) -> None:
    async with listening(world, application) as url:
        fuzzer = Fuzzer(application, url, known_values(world), await callers(world, application))
        await asyncio.to_thread(fuzzer.run)
    assert not fuzzer.faults, "\n\n".join(fuzzer.faults)
    assert any(status < 300 for status in fuzzer.statuses), fuzzer.statuses
