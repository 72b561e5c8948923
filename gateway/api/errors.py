"""What the public API answers when it cannot do what was asked: a problem document (RFC 9457), whoever said no."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from chassis.http.client import Unreachable
from chassis.http.errors import bug_response, http_error_response, problem, unreadable_response

from ..auth import ForgedRequest, SignInNeeded, StageNotReady, StaleForm, WrongSpace

AnyRequest = Request[Any, Any, Any]


def on_sign_in_needed(_request: AnyRequest, _error: SignInNeeded) -> Response[bytes]:
    """No session."""
    return problem(401, "unauthenticated", "A session is needed: POST /api/v1/sessions.")


def on_stage_not_ready(_request: AnyRequest, error: StageNotReady) -> Response[bytes]:
    """The first steps are not finished."""
    return problem(403, error.stage.value, "The first steps must be finished in the portal.")


def on_wrong_space(_request: AnyRequest, _error: WrongSpace) -> Response[bytes]:
    """Not for this kind of account."""
    return problem(404, "not_found", "There is nothing here for you.")


def on_forged_request(_request: AnyRequest, _error: ForgedRequest) -> Response[bytes]:
    """A request that another site may have made."""
    return problem(403, "forged_request", "An unsafe request needs the portal's origin and the session's form token.")


def on_unreachable(_request: AnyRequest, error: Unreachable) -> Response[bytes]:
    """A service does not answer."""
    return problem(503, "unavailable", f"The {error.name} service does not answer; try again in a moment.")


API_ERRORS: dict[int | type[Exception], Any] = {
    SignInNeeded: on_sign_in_needed,
    StageNotReady: on_stage_not_ready,
    WrongSpace: on_wrong_space,
    StaleForm: on_forged_request,
    ForgedRequest: on_forged_request,
    Unreachable: on_unreachable,
    UnicodeDecodeError: unreadable_response,
    RecursionError: unreadable_response,
    HTTPException: http_error_response,
    Exception: bug_response,
}


def outside_routes(
    page: Callable[[AnyRequest, HTTPException], Response[Any]],
) -> Callable[[AnyRequest, HTTPException], Response[Any]]:
    """What an address of no route answers: a problem document under /api/, the given page anywhere else."""

    def answer(request: AnyRequest, error: HTTPException) -> Response[Any]:
        is_api = request.scope["path"].startswith("/api/")
        return http_error_response(request, error) if is_api else page(request, error)

    return answer
