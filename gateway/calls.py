"""Calls of services: on whose behalf, what an answer is read as, and what a refusal becomes.

`Services.call` is typed by the operation that it is given; `Services.forward` hands a request on as it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

import httpx2
from pydantic import BaseModel, ValidationError

from chassis.http.client import HttpClient, Unreachable
from chassis.http.errors import malformed_document, problem_document_of
from contracts.http import File, Problem
from contracts.operation import Operation, OutgoingCall
from contracts.types import SERVICES, Channel

from .households import HOUSEHOLD
from .settings import GatewaySettings

P = ParamSpec("P")
R = TypeVar("R")
ModelT = TypeVar("ModelT", bound=BaseModel)

OUT_OF_ORDER: Final = frozenset({"unavailable", "internal_error"})
"""Problems that say nothing but that the service cannot answer now."""
STEP_UP_NEEDED: Final = "step_up_needed"
JSON_TYPE: Final = "application/json"


class Refused(Exception):
    """A service said no: its problem document, to be shown as it is."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class StepUpAsked(Exception):
    """A service did nothing, for the town asks a proof of who somebody is before such acts: the name of their class."""

    def __init__(self, step_up: str) -> None:
        super().__init__(step_up)
        self.step_up = step_up


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a service is called. Everything is None for an anonymous visitor. `key`: the idempotency key.
    `household_id`: what a call is about that may name a household and names none. `user_agent`: what the browser calls itself, for whoever
    opens sessions.
    """

    actor_token: str | None = None
    session_token: str | None = None
    address: str | None = None
    device_token: str | None = None
    key: str | None = None
    channel: Channel | None = None
    household_id: UUID | None = None
    user_agent: str | None = None

    def headers(self, operation: Operation[..., Any]) -> dict[str, str]:
        """The headers that say so. No token or key of ours has any other character than printable ASCII: what has one is
        left out."""
        headers = {
            "Authorization": f"Bearer {self.actor_token}" if self.actor_token else None,
            "X-Session": self.session_token,
            "X-Client-Address": self.address,
            "X-Device": self.device_token,
            "X-Client-Browser": None if operation.access.needs_actor else self.user_agent,
            "X-Channel": self.channel,
            "Idempotency-Key": self.key if operation.is_keyed else None,
        }
        return {name: value for name, value in headers.items() if value and value.isascii() and value.isprintable()}


def typed_as(model: type[ModelT], typed: Mapping[str, Any]) -> ModelT:
    """What was typed, as the request that it is meant to be. Raises Refused, as the service itself would refuse it."""
    try:
        return model.model_validate(typed)
    except ValidationError as error:
        raise Refused(malformed_document(error)) from error


class Services:
    """The five services: one client each, with the patience that an operation needs."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._timeouts = {False: settings.service_timeout_seconds, True: settings.slow_timeout_seconds}
        self._clients = {
            name: HttpClient(name, getattr(settings, f"{name}_url"), settings.service_timeout_seconds)
            for name in SERVICES
        }

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.close()

    async def call(self, caller: Caller, operation: Operation[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry an operation out.

        Raises:
            Refused: the service said no.
            StepUpAsked: it wants a proof of who the caller is first.
            Unreachable: it did not answer in time, or says that it cannot now.
        """
        sent = operation.sent(*args, **kwargs)
        if caller.household_id and operation.takes(HOUSEHOLD) and HOUSEHOLD not in dict(sent.query):
            sent = replace(sent, query=((HOUSEHOLD, str(caller.household_id)), *sent.query))
        response = await self.forward(caller, operation, sent)
        if response.status_code >= 400:
            problem = problem_document_of(response.content)
            if problem is None or problem.code in OUT_OF_ORDER:
                raise Unreachable(operation.service, response)
            if problem.code == STEP_UP_NEEDED:
                raise StepUpAsked(str(problem.params.get("step_up", "")))
            raise Refused(problem)
        answer: R = _read(response, operation)
        return answer

    async def forward(self, caller: Caller, operation: Operation[..., Any], sent: OutgoingCall) -> httpx2.Response:
        """Hand a request on; the service's answer, whatever it says. Raises Unreachable when there is none."""
        headers = caller.headers(operation)
        body: Mapping[str, Any] = {}
        if sent.content is not None:
            headers["Content-Type"] = JSON_TYPE
            body = {"content": sent.content}
        try:
            return await self._clients[operation.service].request(
                operation.method,
                sent.address,
                headers=headers,
                is_repeatable=operation.is_repeatable,
                timeout_seconds=self._timeouts[operation.is_slow],
                **body,
            )
        except Unreachable as unreachable:
            # Whoever says why it cannot now (busy, its own provider is down) has answered.
            if unreachable.answer is None or problem_document_of(unreachable.answer.content) is None:
                raise
            return unreachable.answer


def _read(response: httpx2.Response, operation: Operation[..., Any]) -> Any:
    if operation.answer is None:
        return None
    if operation.answer is File:
        _, _, name = response.headers.get("content-disposition", "").partition('filename="')
        return File(response.content, operation.file_type, name.rstrip('"'))
    return operation.answer.model_validate_json(response.content, extra="ignore")
