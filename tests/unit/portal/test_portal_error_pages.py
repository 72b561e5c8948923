"""Error pages: whatever goes wrong while one is made, there is an answer."""

from typing import Any

from litestar import Request, Response

from portal.frame.errors import that_cannot_fail


def test_handler_that_fails_itself_ends_in_a_plain_answer() -> None:
    """A01: errors inside error handlers."""

    def failing(_request: Request[Any, Any, Any], error: dict[str, str]) -> Response[Any]:
        return Response(error["unknown"])

    request: Request[Any, Any, Any] = Request({"type": "http", "method": "GET", "path": "/"})  # type: ignore[arg-type]
    answer = that_cannot_fail(failing)(request, {})
    assert (answer.status_code, answer.media_type) == (500, "text/plain")
