"""Errors over HTTP: every refusal, bad request and bug becomes `application/problem+json` (RFC 9457) here, once."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chassis.refusal import Refusal
from chassis.telemetry import trace_id
from contracts.http import LINE, TEXT, UNSEEN, FieldProblem, Problem

PROBLEM_TYPE = "application/problem+json"
STATUS_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    503: "unavailable",
}
RETRIED_STATUSES = (429, 503)
RETRY_AFTER_SECONDS = 2

log = structlog.get_logger()


def document(
    status: int, code: str, detail: str, params: Mapping[str, Any] | None = None, errors: Iterable[FieldProblem] = ()
) -> Problem:
    """A problem document. `params` and field `params` must be JSON, or something that its text stands for."""
    return Problem(
        type=f"urn:portail-famille:problem:{code}",
        title=code.replace("_", " "),
        status=status,
        code=code,
        detail=detail,
        params=_plain(params or {}),
        errors=tuple(errors),
        trace_id=trace_id(),
    )


def malformed_document(error: ValidationError) -> Problem:
    """What does not fit the model of a request: a pointer to each field, and what was expected; values are never repeated."""
    faults = error.errors(include_url=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        return document(400, "bad_request", "The body cannot be read.")
    errors = [
        FieldProblem(pointer="/" + "/".join(map(str, fault["loc"])), code=_fault_code(fault), detail=fault["msg"])
        for fault in faults
    ]
    return document(422, "invalid", "Some fields cannot be accepted as they are.", errors=errors)


def _fault_code(fault: ErrorDetails) -> str:
    """What is wrong with a field: a character that nobody sees says so, for what was typed looks right."""
    return UNSEEN if fault.get("ctx", {}).get("pattern") in (LINE, TEXT) else "invalid"


def problem_document_of(content: bytes) -> Problem | None:
    """The problem document that an answer is, if it is one."""
    try:
        return Problem.model_validate_json(content, extra="ignore")
    except ValidationError:
        return None


def retry_headers(problem_document: Problem) -> list[tuple[str, str]]:
    """When to come back, for a problem that passes by itself."""
    if problem_document.status not in RETRIED_STATUSES:
        return []
    return [("retry-after", str(problem_document.params.get("retry_after_seconds", RETRY_AFTER_SECONDS)))]


def problem(
    status: int, code: str, detail: str, params: Mapping[str, Any] | None = None, errors: Iterable[FieldProblem] = ()
) -> Response[bytes]:
    return _response(document(status, code, detail, params, errors))


def _response(problem_document: Problem) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", **dict(retry_headers(problem_document))}
    content = problem_document.model_dump_json().encode()
    return Response(content, status_code=problem_document.status, media_type=PROBLEM_TYPE, headers=headers)


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    if all(isinstance(value, str | int) for value in params.values()):
        return dict(params)
    plain: dict[str, Any] = json.loads(json.dumps(dict(params), default=str))
    return plain


def refusal_document(refusal: Refusal) -> Problem:
    """A refusal with its code, its reason in English and the fields it is about."""
    errors = [
        FieldProblem(
            pointer=field.pointer,
            code=field.code,
            detail=field.code.replace("_", " "),
            params=_plain(dict(field.params)),
        )
        for field in refusal.fields
    ]
    detail = " ".join((type(refusal).__doc__ or refusal.code()).split())
    return document(refusal.status, refusal.code(), detail, refusal.params, errors)


def refusal_response(_request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    return _response(refusal_document(refusal))


def http_error_response(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Any other error that the HTTP layer raised."""
    status = error.status_code
    return problem(status, STATUS_CODES.get(status, "bad_request" if status < 500 else "internal_error"), "")


def unreadable_response(_request: Request[Any, Any, Any], _error: Exception) -> Response[bytes]:
    """A body that no parser can read: not UTF-8, or nested deeper than any request of ours."""
    return problem(400, "bad_request", "The body cannot be read.")


def unavailable_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database is out of reach: nothing was done, and the caller may try again."""
    log.warning("database out of reach", path=request.scope["path"], error=type(error).__name__)
    return problem(503, "unavailable", "This service cannot reach its database; try again in a moment.")


def bug_response(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Anything unexpected: loud in the log, silent about itself to the caller."""
    log.error("unhandled exception", method=request.method, route=request.scope.get("path_template"), exc_info=error)
    return problem(500, "internal_error", "Something went wrong on our side; it has been recorded.")


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: refusal_response,
    HTTPException: http_error_response,
    UnicodeDecodeError: unreadable_response,
    RecursionError: unreadable_response,
    asyncpg.PostgresConnectionError: unavailable_response,
    asyncpg.InterfaceError: unavailable_response,
    asyncpg.InternalClientError: unavailable_response,  # of a connection that broke at the moment it was taken
    asyncpg.ObjectNotInPrerequisiteStateError: unavailable_response,  # of a database that lets nobody in
    asyncpg.CannotConnectNowError: unavailable_response,
    asyncpg.TooManyConnectionsError: unavailable_response,
    ConnectionError: unavailable_response,
    TimeoutError: unavailable_response,
    Exception: bug_response,
}
