"""Telemetry: JSON logs by allow list, Prometheus metrics, W3C trace context from request to last consumer.

A log line carries ids, codes, counts and durations. A field whose name is not on the allow list is dropped, so that a
name, an address or a secret cannot slip into a log by accident.
"""

import logging
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind
from prometheus_client import Counter, Gauge, Histogram

LOG_FIELDS: Final = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "logger",
        "service",
        "trace_id",
        "span_id",
        "method",
        "path",
        "route",
        "status",
        "duration_ms",
        "code",
        "cause",
        "topic",
        "partition",
        "offset",
        "key",
        "event_id",
        "event_type",
        "attempt",
        "count",
        "lag",
        "job",
        "shard",
        "owned",
        "error",
        "exception",
        "host",
        "port",
        "roles",
        "version",
        "name",
        "signal",
        "replica",
        "account_id",
        "actor_kind",
        "household_id",
        "invoice_id",
        "payment_id",
        "run_id",
        "message_id",
        "template",
    ]
)

REQUESTS = Histogram(
    "http_request_seconds", "Time to answer an HTTP request.", ["service", "method", "route", "status"]
)
CONSUMED = Counter("events_consumed_total", "Records applied, skipped or given up.", ["topic", "outcome"])
RETRIES = Counter("event_retries_total", "Attempts to apply a record that failed and will be made again.", ["topic"])
PUBLISHED = Counter("events_published_total", "Records acknowledged by the broker.", ["topic"])
OUTBOX_AGE = Gauge("outbox_oldest_seconds", "Age of the oldest event that is not published yet.", ["service"])
CONSUMER_LAG = Gauge("consumer_lag_records", "Records waiting behind a consumer's position.", ["topic", "partition"])
JOB_RUNS = Counter("job_runs_total", "Runs of a periodic job.", ["job", "outcome"])
POOL_IN_USE = Gauge("database_connections_in_use", "Connections that are busy.", ["service"])


def configure(service: str, log_format: str) -> None:
    """Set up logs and tracing of this process; spans are exported when `OTEL_EXPORTER_OTLP_ENDPOINT` says where to."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            _format_exception,
            _keep_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(level=logging.WARNING, handlers=[_ToStructlog()], force=True)
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
    _export_spans(provider)
    trace.set_tracer_provider(provider)


def current_trace() -> dict[str, str]:
    """The W3C headers that carry the present trace onwards (`traceparent`, `tracestate`), empty outside of one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return {name: value for name, value in carrier.items() if name in ("traceparent", "tracestate")}


def trace_id() -> str | None:
    """The id of the present trace, in hexadecimal, or None outside of one."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, carrier: Mapping[str, str] | None = None) -> Iterator[Span]:
    """A span; `carrier` holds the W3C headers of whoever caused it."""
    parent = propagate.extract(carrier) if carrier else None
    with trace.get_tracer("chassis").start_as_current_span(name, context=parent, kind=kind) as current:
        yield current


def _export_spans(provider: TracerProvider) -> None:
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        # Imported only when asked for: the exporter and its HTTP client cost every process memory and start-up time.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))


def _add_trace(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        fields["trace_id"] = format(context.trace_id, "032x")
        fields["span_id"] = format(context.span_id, "016x")
    return fields


def _format_exception(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and the places it passed: its message and variables may hold personal data."""
    raised = fields.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised
    if isinstance(error, BaseException):
        places = []
        frame = error.__traceback__
        while frame is not None:
            code = frame.tb_frame.f_code
            places.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{frame.tb_lineno}:{code.co_name}")
            frame = frame.tb_next
        fields["error"] = type(error).__name__
        fields["exception"] = places[-12:]
    return fields


def _keep_allowed(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in fields.items() if name in LOG_FIELDS}


class _ToStructlog(logging.Handler):
    """Warnings of libraries, as one of our lines: their logger, level and template, never their arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        logger = structlog.get_logger()
        method = logger.error if record.levelno >= logging.ERROR else logger.warning
        method(str(record.msg)[:200], logger=record.name, exc_info=error)
