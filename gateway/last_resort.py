"""The outermost layer: addresses that nothing of ours can have, and the answer when even an error's page fails.

A handler of errors is code like any other, and may fail on what it did not expect. Whatever comes through, the visitor
gets an answer with the security headers, and the log says what it was.
"""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

ADDRESS_LENGTH_MAX: Final = 2_000
NOWHERE: Final = "/-"
API_NOWHERE: Final = "/api/-"
"""An address of no route: what asks for an impossible one is answered as if it had asked for this one."""

log = structlog.get_logger()


class LastResort:
    """Stands before everything else. `headers` are those of every answer; `words` are what a visitor is told."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], words: str) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._words = words.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer it when nothing else did."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        if not is_possible(scope["path"]):
            nowhere = API_NOWHERE if scope["path"].startswith("/api/") else NOWHERE
            scope["path"], scope["raw_path"] = nowhere, nowhere.encode()
        is_begun = False

        async def note(message: Message) -> None:
            nonlocal is_begun
            is_begun = is_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            log.error("an error's own page failed", method=scope["method"], exc_info=error)
            if is_begun:
                raise
            await self._apologize(send)

    async def _apologize(self, send: Send) -> None:
        headers: list[Any] = [
            *self._headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(self._words)).encode()),
        ]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body", "body": self._words, "more_body": False})


def is_possible(path: str) -> bool:
    """Whether a route or a file of ours may have this address: printable, of UTF-8, and not endless."""
    return len(path) <= ADDRESS_LENGTH_MAX and path.isprintable() and "\ufffd" not in path
