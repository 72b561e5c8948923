"""The request of a service: one whose small body costs no stream."""

from typing import Any

from litestar import Request
from litestar.types import Receive
from litestar.types.empty import Empty

AnyRequest = Request[Any, Any, Any]


class ServiceRequest(AnyRequest):
    """A request whose body, if it comes in one message as small ones do, is taken from that message."""

    __slots__ = ()

    async def body(self) -> bytes:
        """The whole body. A longer one is streamed by the framework, which refuses what exceeds the limit of its route."""
        limit = self.route_handler.resolve_request_max_body_size() or 0
        if self._body is Empty and self.is_connected and (self.content_length or 0) <= limit:
            message: Any = await self.receive()
            body = message.get("body", b"")
            if message["type"] == "http.request" and not message.get("more_body", False) and len(body) <= limit:
                self._body = self._connection_state.body = body
                self.is_connected = False
            else:
                self.receive = _first(message, self.receive)
        return await super().body()


def _first(message: Any, receive: Receive) -> Receive:
    """What receives a message again, then the rest."""
    kept = [message]

    async def replay() -> Any:
        return kept.pop() if kept else await receive()

    return replay
