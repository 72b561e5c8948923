"""How the gateway calls a service: on whose behalf, what an answer is read as, and what a refusal becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chassis.http.client import HttpClient, Unreachable
from contracts.http import Problem

OUT_OF_ORDER = frozenset({"unavailable", "internal_error"})

ModelT = TypeVar("ModelT", bound=BaseModel)


class Refused(Exception):
    """A service said no: its problem document, to be shown as it is."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a service is called. Everything is None for an anonymous visitor."""

    actor_token: str | None = None
    session_token: str | None = None
    address: str | None = None

    def headers(self, key: str | None = None) -> dict[str, str]:
        """The headers that say so; `key` is the request's idempotency key.

        No token or key of ours has any other character than printable ASCII: what has one is left out.
        """
        headers = {
            "Authorization": f"Bearer {self.actor_token}" if self.actor_token else None,
            "X-Session": self.session_token,
            "X-Client-Address": self.address,
            "Idempotency-Key": key,
        }
        return {name: value for name, value in headers.items() if value and value.isascii() and value.isprintable()}


ANONYMOUS = Caller()


class ServiceClient:
    """Calls of one service's private interface."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def read(self, caller: Caller, path: str, answer: type[ModelT], **query: Any) -> ModelT:
        """GET; query parameters that are None are left out.

        Raises:
            Refused: the service said no.
            Unreachable: it did not answer in time.
        """
        parameters = {name: str(value) for name, value in query.items() if value is not None}
        return _read(await self._call("GET", path, headers=caller.headers(), params=parameters), answer)

    async def send(
        self, caller: Caller, method: str, path: str, answer: type[ModelT], body: Any = None, *, key: str | None = None
    ) -> ModelT:
        """POST or PUT a body (a model, or plain JSON of what was typed) and read the answer. Raises like `read`."""
        return _read(await self._send(caller, method, path, body, key), answer)

    async def send_once(self, caller: Caller, method: str, path: str, answer: type[ModelT], body: Any) -> ModelT:
        """Like `send`, for what must not be repeated although its method says that it may."""
        response = await self._call(method, path, headers=caller.headers(), json=body, is_repeatable=False)
        return _read(response, answer)

    async def order(self, caller: Caller, method: str, path: str, body: Any = None, *, key: str | None = None) -> None:
        """A call whose answer has no content. Raises like `read`."""
        _raise_if_refused(await self._send(caller, method, path, body, key))

    async def _send(self, caller: Caller, method: str, path: str, body: Any, key: str | None) -> Any:
        headers = caller.headers(key)
        if body is None:
            return await self._call(method, path, headers=headers)
        if isinstance(body, BaseModel):
            content: Mapping[str, Any] = {"content": body.model_dump_json()}
            return await self._call(method, path, headers={**headers, "Content-Type": "application/json"}, **content)
        return await self._call(method, path, headers=headers, json=body)

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        """The service's answer. One that says why it cannot now (busy, its own provider is down) is a refusal."""
        try:
            return await self._http.request(method, path, **options)
        except Unreachable as error:
            if error.answer is not None and (refusal := _refusal_of(error.answer)) is not None:
                raise refusal from error
            raise

    async def download(self, caller: Caller, path: str) -> tuple[bytes, Mapping[str, str]]:
        """A file and the headers that describe it. Raises like `read`."""
        response = await self._call("GET", path, headers=caller.headers())
        _raise_if_refused(response)
        return response.content, {
            name: response.headers[name]
            for name in ("content-type", "content-disposition", "etag")
            if name in response.headers
        }


def _read(response: Any, answer: type[ModelT]) -> ModelT:
    _raise_if_refused(response)
    return answer.model_validate_json(response.content, extra="ignore")


def _raise_if_refused(response: Any) -> None:
    if response.status_code < 400:
        return
    refusal = _refusal_of(response)
    if refusal is None:
        raise Unreachable(str(response.request.url.host), response)
    raise refusal


def _refusal_of(response: Any) -> Refused | None:
    """What a service refused; None when it only said that it is out of order."""
    try:
        problem = Problem.model_validate_json(response.content, extra="ignore")
    except ValidationError:
        return None
    return None if problem.code in OUT_OF_ORDER else Refused(problem)
