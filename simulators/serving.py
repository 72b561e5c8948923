"""What every simulator shares: settings read from the environment, JSON logs, the HTTP server with health answers,
pages made from templates, and the security headers of those pages."""

import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import FrameType
from typing import Literal, NoReturn
from zoneinfo import ZoneInfo

import jinja2
import structlog
import uvicorn
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.response import File
from pydantic import Field
from pydantic_settings import BaseSettings

PARIS = ZoneInfo("Europe/Paris")
HERE = Path(__file__).parent
GRACEFUL_STOP_SECONDS = 5

# No script runs on any page, and nothing is loaded from elsewhere. `{form_action}` is where a form may lead.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'{form_action}"
)
COMMON_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SimulatorSettings(BaseSettings):
    """The environment variables that every simulator reads."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(ge=1, le=65535)
    state_dir: Path
    log_format: Literal["json", "console"] = "json"


class Pages:
    """Turns the templates of one simulator into HTML answers; values are always escaped, unknown names are errors."""

    def __init__(self, templates: Path) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([templates, HERE / "templates"]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.add_filter("paris", lambda moment: moment.astimezone(PARIS))

    def add_filter(self, name: str, function: Callable[..., object]) -> None:
        self._environment.filters[name] = function

    def answer(
        self, template: str, values: Mapping[str, object], *, status_code: int = 200, form_origin: str = ""
    ) -> Response[str]:
        """One page. `form_origin` (scheme://host:port) is the one other site that a form may redirect to."""
        policy = PAGE_POLICY.format(form_action=f" {form_origin}" if form_origin else "")
        return Response(
            self._environment.get_template(template).render(values),
            status_code=status_code,
            media_type=MediaType.HTML,
            headers={"Content-Security-Policy": policy},
        )


@get("/health/live", sync_to_thread=False)
def live() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "alive"}


@get("/health/ready", sync_to_thread=False)
def ready() -> dict[str, str]:
    """200 once the start-up is over: the server does not listen before."""
    return {"status": "ready"}


@get("/static/simulators.css", sync_to_thread=False)
def stylesheet() -> File:
    """The one style sheet of all simulators."""
    return File(HERE / "static" / "simulators.css", media_type="text/css", content_disposition_type="inline")


def unexpected_error(request: Request[object, object, State], error: Exception) -> Response[dict[str, str]]:
    """Log a bug loudly and tell the caller nothing about it."""
    structlog.get_logger().exception("request_failed", path=request.url.path, exc_info=error)
    return Response({"detail": "internal error"}, status_code=500)


def build_app(
    handlers: Sequence[HTTPRouteHandler | Router],
    dependencies: Mapping[str, object],
    *,
    body_bytes_max: int,
    lifespan: Callable[[Litestar], AbstractAsyncContextManager[None]],
) -> Litestar:
    """The Litestar application of a simulator. Every dependency is one ready object, injected by its name."""
    return Litestar(
        route_handlers=[live, ready, stylesheet, *handlers],
        dependencies={name: Provide(_always(value), sync_to_thread=False) for name, value in dependencies.items()},
        exception_handlers={500: unexpected_error},
        response_headers=COMMON_HEADERS,
        request_max_body_size=body_bytes_max,
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )


def _always(value: object) -> Callable[[], object]:
    return lambda: value


def run(app: Litestar, settings: SimulatorSettings) -> None:
    """Serve until SIGTERM or SIGINT, then answer what has begun and exit with 0; exit with 3 if the start fails."""
    # The server restores our handler and raises the signal again once it has stopped: that is when we leave.
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_STOP_SECONDS,
    )


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def configure_logging(log_format: Literal["json", "console"]) -> None:
    """Send every log line to standard output, one JSON object a line unless a person reads the console."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
    ]
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Both log every connection or request at INFO, the mail server with addresses in it.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
