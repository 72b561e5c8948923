"""Telemetry: JSON logs by allow list, Prometheus metrics, W3C trace context from request to last consumer.

A log line carries ids, codes, counts and durations. A field whose name is not on the allow list is dropped, so that a
name, an address or a secret cannot slip into a log by accident.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from random import getrandbits
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, Final

import msgspec
import structlog
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
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
CONSUMER_PARTITIONS = Gauge("consumer_partitions", "Partitions that a consumer has now.", ["topic"])
CONSUMER_HEALTHY = Gauge(
    "consumer_healthy",
    "1 while nothing is wrong with a consumer, 0 when it is stuck, lagging or out of its group.",
    ["topic"],
)
JOB_RUNS = Counter("job_runs_total", "Runs of a periodic job.", ["job", "outcome"])
JOB_SECONDS = Histogram("job_run_seconds", "Time that a run of a periodic job took.", ["job"])
JOB_SUCCESS = Gauge("job_last_success_timestamp_seconds", "When a run of a periodic job last ended well here.", ["job"])
OUTBOX_EVENTS = Gauge("outbox_events", "Events that are not published yet, counted up to 100,000.", ["service"])
DEAD_LETTERS_OPEN = Gauge("dead_letters_open", "Records that were given up and that nobody resolved yet.", ["topic"])
INVARIANT_VIOLATIONS = Gauge(
    "invariant_violations",
    "Violations that the last check of an invariant found; not a number when the check failed.",
    ["invariant"],
)
INVARIANT_AGE = Gauge("invariant_check_age_seconds", "Time since an invariant was checked last.", ["invariant"])
RELAY_SHARDS = Gauge("relay_owned_shards", "Shards of keys that the relay of this process publishes.", ["service"])
DATABASE_ANSWERS = Gauge("database_answers", "1 when the database answered the last sample, 0 when not.", ["service"])
PART_DEATHS = Counter(
    "part_deaths_total",
    "Background parts, ours or a library's, that ended by themselves and were started again.",
    ["part"],
)
POOL_IN_USE = Gauge("database_connections_in_use", "Connections that are busy.", ["service"])
POOL_OPEN = Gauge("database_connections_open", "Connections that are open, busy or not.", ["service"])
POOL_MAX = Gauge("database_connections_max", "Connections that may be open.", ["service"])
POOL_WAITING = Gauge("database_connection_waiters", "Tasks that wait for a connection.", ["service"])
CLOCK_AHEAD = Gauge(
    "clock_ahead_seconds",
    "How far the clock of this process is ahead of its database's, or the gateway's of the services'; negative behind it.",
    ["service"],
)
TOKENS_FROM_THE_FUTURE = Counter(
    "tokens_from_the_future_total",
    "Tokens of identity that were refused because this clock is behind identity's by more than the leeway.",
)
BUILD = Gauge("build_info", "1, with the release and the version of Python as labels.", ["release", "python"])

_acting: Final[ContextVar[Mapping[str, Any]]] = ContextVar("acting", default=MappingProxyType({}))

_W3C: Final = TraceContextTextMapPropagator()
_USUAL_PARENT: Final = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_JSON: Final = msgspec.json.Encoder(enc_hook=repr)


def configure(service: str, log_format: str) -> None:
    """Set up logs and tracing of this process; spans are exported when `OTEL_EXPORTER_OTLP_ENDPOINT` says where to."""
    renderer: Any = _render_json
    loggers: Any = structlog.BytesLoggerFactory(sys.stdout.buffer)
    if log_format == "console":
        renderer, loggers = structlog.dev.ConsoleRenderer(), structlog.PrintLoggerFactory(sys.stdout)
    structlog.configure(
        processors=[
            partial(_complete, service),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=loggers,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_ToStructlog()], force=True)
    _export_spans(service)


def acting(account_id: str, actor_kind: str) -> None:
    """Bind the actor to every later log line of this request."""
    _acting.set({"account_id": account_id, "actor_kind": actor_kind})


def current_trace() -> dict[str, str]:
    """The W3C headers that carry the present trace onwards (`traceparent`, `tracestate`), empty outside of one."""
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return {}
    carrier = {"traceparent": f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"}
    if here.trace_state:
        carrier["tracestate"] = here.trace_state.to_header()
    return carrier


def trace_id() -> str | None:
    """The id of the present trace, in hexadecimal, or None outside of one."""
    here = trace.get_current_span().get_span_context()
    return format(here.trace_id, "032x") if here.is_valid else None


class span(AbstractContextManager[Span]):  # noqa: N801 - it reads as what it does, and a class costs a request half as much
    """A span while a block runs; `carrier` holds the W3C headers of whoever caused it."""

    __slots__ = ("_span", "_token")

    tracer: ClassVar[Tracer | None] = None
    """Makes spans that somebody collects; None while nobody does."""

    def __init__(self, name: str, kind: SpanKind = SpanKind.INTERNAL, carrier: Mapping[str, str] | None = None) -> None:
        parent = _parent_of(carrier) if carrier else trace.get_current_span().get_span_context()
        if self.tracer is None:
            # Nobody collects it, but its ids lead through logs, calls and events all the same.
            self._span: Span = NonRecordingSpan(_child_of(parent))
        else:
            self._span = self.tracer.start_span(name, trace.set_span_in_context(NonRecordingSpan(parent)), kind)

    def __enter__(self) -> Span:
        self._token = attach(trace.set_span_in_context(self._span))
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it. The type of an error alone is kept with it: a message may repeat a value."""
        detach(self._token)
        if isinstance(error, Exception):
            self._span.set_status(StatusCode.ERROR, type(error).__name__)
        self._span.end()


def _parent_of(carrier: Mapping[str, str]) -> SpanContext:
    """The span that W3C headers lead to. What all our own processes send is read here, in half the library's time."""
    usual = _USUAL_PARENT.fullmatch(carrier.get("traceparent", "")) if "tracestate" not in carrier else None
    if usual is None:
        return trace.get_current_span(_W3C.extract(carrier)).get_span_context()
    trace_id, span_id, flags = (int(part, 16) for part in usual.groups())
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))


def _child_of(parent: SpanContext) -> SpanContext:
    """The ids of a new span in its parent's trace, or in a new trace."""
    if parent.is_valid:
        return SpanContext(parent.trace_id, getrandbits(64), False, parent.trace_flags, parent.trace_state)
    return SpanContext(getrandbits(128), getrandbits(64), False, TraceFlags(TraceFlags.SAMPLED))


def _export_spans(service: str) -> None:
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        # Imported only when asked for: they cost every process memory and start-up time, and each span ten times as much.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
        span.tracer = provider.get_tracer("chassis")


def _complete(service: str, _logger: Any, method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The one processor of structlog: actor, time, level and trace. A second one would cost every line as much again.

    An exception becomes its type and the places it passed: its message and variables may hold personal data.
    """
    line = {**_acting.get(), **{name: value for name, value in fields.items() if name in LOG_FIELDS}}
    line["service"] = service
    line["level"] = method
    line["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    here = trace.get_current_span().get_span_context()
    if here.is_valid:
        line["trace_id"] = format(here.trace_id, "032x")
        line["span_id"] = format(here.span_id, "016x")
    raised = fields.get("exc_info")
    error = sys.exc_info()[1] if raised is True else raised
    if isinstance(error, BaseException):
        line["error"] = type(error).__name__
        line["exception"] = _places(error)
    return line


def _places(error: BaseException) -> list[str]:
    places = []
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{frame.tb_lineno}:{code.co_name}")
        frame = frame.tb_next
    return places[-12:]


def _render_json(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> bytes:
    return _JSON.encode(fields)


REPEATED_SECONDS: Final = 10.0
TEMPLATES_MAX: Final = 500


class _ToStructlog(logging.Handler):
    """Warnings of libraries, as one of our lines: their logger, level and template, never their arguments.

    A template that was heard a moment ago is not repeated: a client whose server is away says the same a hundred times a
    second, until the disk is full.
    """

    def __init__(self) -> None:
        super().__init__()
        self._heard: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        template = str(record.msg)[:200]
        if record.created - self._heard.get(template, 0.0) < REPEATED_SECONDS:
            return
        if len(self._heard) == TEMPLATES_MAX:
            self._heard.clear()
        self._heard[template] = record.created
        error = record.exc_info[1] if record.exc_info else None
        logger = structlog.get_logger()
        method = logger.error if record.levelno >= logging.ERROR else logger.warning
        method(template, logger=record.name, exc_info=error)
