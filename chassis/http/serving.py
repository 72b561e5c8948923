"""Serving an application with uvicorn: without its own logs, and with a graceful shutdown that drains its connections."""

import gc
import signal
import sys
import time
from types import FrameType
from typing import Any

import uvicorn
from litestar import Litestar

from chassis.settings import ProcessSettings

STOP_SECONDS = 15
KEEP_ALIVE_SECONDS = 15
"""How long an unused connection is kept: longer than the gateway keeps its own, which must be the first to close."""
YOUNG_OBJECTS_MAX = 5_000
"""The threshold of the garbage collector's youngest generation. The usual 700 are fewer objects than the requests under way at a rush
hold: it would traverse living ones again and again."""


def serve(app: Litestar, settings: ProcessSettings, **options: Any) -> None:
    """Run an application with uvicorn, without its own logs, until SIGTERM or SIGINT.

    `app.state.health` fails its readiness check from then on. The process exits with 1 when a part of it cannot be kept running
    (`Health.is_over`). `options` are the server's own.
    """
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        lifespan="on",
        reset_contextvars=True,  # nothing of a request, such as who made it, is left in its connection's next one
        **{"http": "httptools", **options},
    )
    server = _DrainingServer(config, app, settings.drain_seconds)
    # The server raises a signal again once it has stopped: that is when we leave, with 0.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    # What was allocated until now lives as long as the process: frozen, it is not traversed again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX)
    server.run()
    if not server.started or app.state.health.is_over():
        sys.exit(1)


class _DrainingServer(uvicorn.Server):
    """Drains before it shuts down: on SIGTERM it is not ready any more, but goes on answering for a while before it closes its port.

    Each of those answers closes its connection. A caller that keeps unused connections for a shorter time than this has
    none left to send a request into when the port closes.
    """

    def __init__(self, config: uvicorn.Config, app: Litestar, drain_seconds: float) -> None:
        super().__init__(config)
        self._app = app
        self._drain_seconds = drain_seconds
        self._leaves_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first SIGTERM once it serves; any other signal, or a second one, ends it at once."""
        if sig != signal.SIGTERM or not self.started or self._leaves_at is not None:
            super().handle_exit(sig, frame)
            return
        self._leaves_at = time.monotonic() + self._drain_seconds
        self._app.state.health.stopping()
        self.config.encoded_headers.append((b"connection", b"close"))
        self.server_state.default_headers.append((b"connection", b"close"))

    async def on_tick(self, counter: int) -> bool:
        """Whether the server must exit, asked ten times a second."""
        has_left = self._leaves_at is not None and time.monotonic() >= self._leaves_at
        self.should_exit = self.should_exit or has_left or self._app.state.health.is_over()
        return await super().on_tick(counter)
