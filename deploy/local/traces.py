"""A small collector of traces for one machine: `python -m deploy.local.traces` receives spans (OTLP over HTTP, protobuf or
JSON), keeps them as lines of OTLP JSON in `traces.jsonl`, and shows each trace as a waterfall.

The file is what the OpenTelemetry collector's file exporter writes: Jaeger's page "Upload" and the collector's
`otlpjsonfile` receiver read it as it is. Nothing of this runs unless it is asked for (`make up traces=1`).
"""

import base64
import gzip
import json
import os
import signal
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from .trace_pages import SpanRow, list_page, trace_page

TRACES_MAX = 2_000
FILE_BYTES_MAX = 100_000_000
BODY_BYTES_MAX = 20_000_000
SHOWN_MAX = 200
IDS = ("traceId", "spanId", "parentSpanId")


@dataclass
class Collection:
    """The traces of this run: all of them in the file, the newest in memory."""

    file: Path
    _traces: "OrderedDict[str, list[SpanRow]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, request: dict[str, Any]) -> None:
        """Keep the spans of an export request, given in the JSON form of OTLP."""
        with self._lock:
            if self.file.exists() and self.file.stat().st_size > FILE_BYTES_MAX:
                self.file.replace(self.file.with_suffix(".old.jsonl"))
            with self.file.open("a") as lines:
                lines.write(json.dumps(request, separators=(",", ":")) + "\n")
            for trace_id, span in spans_of(request):
                self._traces.setdefault(trace_id, []).append(span)
                self._traces.move_to_end(trace_id)
            while len(self._traces) > TRACES_MAX:
                self._traces.popitem(last=False)

    def newest(self, *, with_jobs: bool) -> list[tuple[str, list[SpanRow]]]:
        """Traces by their last span, newest first; runs of jobs that led to nothing are left out unless wanted."""
        with self._lock:
            traces = [(trace_id, list(spans)) for trace_id, spans in reversed(self._traces.items())]
        return [trace for trace in traces if with_jobs or not is_idle_job(trace[1])][:SHOWN_MAX]

    def find(self, trace_id: str) -> list[SpanRow]:
        """The spans of a trace in the order of their start; none when it is unknown."""
        with self._lock:
            return sorted(self._traces.get(trace_id, ()), key=lambda span: span.start)


def spans_of(request: dict[str, Any]) -> Iterable[tuple[str, SpanRow]]:
    """The spans of an export request with the id of their trace."""
    for resource in request.get("resourceSpans", ()):
        service = values_of(resource.get("resource", {})).get("service.name", "?")
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                yield (
                    span["traceId"],
                    SpanRow(
                        span_id=span["spanId"],
                        parent_id=span.get("parentSpanId", ""),
                        service=service,
                        name=span.get("name", ""),
                        start=int(span["startTimeUnixNano"]),
                        end=int(span["endTimeUnixNano"]),
                        error=span.get("status", {}).get("message", "error") if is_error(span) else "",
                        attributes=values_of(span),
                    ),
                )


def values_of(holder: dict[str, Any]) -> dict[str, str]:
    """The attributes of a resource or a span."""
    return {
        attribute["key"]: str(next(iter(attribute["value"].values()), "")) for attribute in holder.get("attributes", ())
    }


def is_error(span: dict[str, Any]) -> bool:
    """Whether a span ended with an error."""
    return span.get("status", {}).get("code") in (2, "STATUS_CODE_ERROR")


def is_idle_job(spans: list[SpanRow]) -> bool:
    """Whether a trace is nothing but the run of a periodic job."""
    return len(spans) == 1 and spans[0].name.startswith("job ") and not spans[0].error


def decode(body: bytes, content_type: str) -> dict[str, Any]:
    """An export request in the JSON form of OTLP: ids in hexadecimal, enumerations as numbers.

    Raises:
        ValueError: it is none.
    """
    if content_type.startswith("application/json"):
        request: dict[str, Any] = json.loads(body)
        return request
    try:
        message = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise ValueError("no OTLP export request") from error
    request = MessageToDict(message, use_integers_for_enums=True)
    for resource in request.get("resourceSpans", ()):
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                span.update({name: base64.b64decode(span[name]).hex() for name in IDS if name in span})
                for link in span.get("links", ()):
                    link.update({name: base64.b64decode(link[name]).hex() for name in IDS if name in link})
    return request


class Handler(BaseHTTPRequestHandler):
    """POST /v1/traces receives; / and /traces/<id> are pages, /api/traces and /api/traces/<id> the same as JSON."""

    collection: ClassVar[Collection]

    def do_POST(self) -> None:
        """Receive spans."""
        length = int(self.headers.get("Content-Length", 0))
        if self.path != "/v1/traces" or length > BODY_BYTES_MAX:
            self.send_error(HTTPStatus.NOT_FOUND if self.path != "/v1/traces" else HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length)
        content_type = self.headers.get("Content-Type", "")
        try:
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            self.collection.add(decode(body, content_type))
        except (ValueError, OSError, KeyError):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        is_json = content_type.startswith("application/json")
        self._answer(b"{}" if is_json else b"", content_type or "application/x-protobuf")

    def do_GET(self) -> None:
        """Answer a page, its JSON form, or that we are ready."""
        path, _, query = self.path.partition("?")
        parts = [part for part in path.split("/") if part]
        is_json = parts[:1] == ["api"]
        match parts[1:] if is_json else parts:
            case ["health", _]:
                self._answer(b"{}", "application/json")
            case [] | ["traces"]:
                traces = self.collection.newest(with_jobs=query == "jobs=1")
                self._show({trace_id: len(spans) for trace_id, spans in traces} if is_json else list_page(traces))
            case ["traces", trace_id] if spans := self.collection.find(trace_id):
                self._show([span.as_json() for span in spans] if is_json else trace_page(trace_id, spans))
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, _format: str, *_values: Any) -> None:
        """Say nothing about requests: the pages show what came."""

    def _show(self, content: Any) -> None:
        if isinstance(content, str):
            self._answer(content.encode(), "text/html; charset=utf-8")
        else:
            self._answer(json.dumps(content).encode(), "application/json")

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until SIGTERM. HTTP_HOST, HTTP_PORT and STATE_DIR say where, and where the file goes; it begins anew."""
    file = Path(os.environ["STATE_DIR"]) / "traces.jsonl"
    file.unlink(missing_ok=True)
    Handler.collection = Collection(file)
    server = ThreadingHTTPServer((os.environ.get("HTTP_HOST", "127.0.0.1"), int(os.environ["HTTP_PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
