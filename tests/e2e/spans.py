"""A collector of spans that keeps what processes export (OTLP over HTTP) as it comes: text is plainly readable in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class SpanCollector(ThreadingHTTPServer):
    """Listens on a free port; `exported` are the bodies that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exported: list[bytes] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that exports to here, soon after each span and not compressed."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server_port}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }

    @property
    def text(self) -> str:
        """Everything so far."""
        return b"\n".join(self.exported).decode(errors="replace")


class _Handler(BaseHTTPRequestHandler):
    server: SpanCollector

    def do_POST(self) -> None:
        """An export."""
        self.server.exported.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Nothing is logged."""


@contextmanager
def collecting() -> Iterator[SpanCollector]:
    """A collector, for as long as the block lasts."""
    with SpanCollector() as collector:
        Thread(target=collector.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            collector.shutdown()
