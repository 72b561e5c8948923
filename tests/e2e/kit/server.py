"""A small server of the gallery: the kit's real templates, style sheet and modules, under the portal's own security policy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from portal.frame.calendar import NO_CHOICES, Choices
from portal.kit import STATIC, Texts, TownFace, create_environment, theme_css
from tests.e2e.kit import samples

TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
HTML: Final = "text/html; charset=utf-8"
TOWN: Final = TownFace(
    "Valmont-sur-Loire",
    contact_lines=("Mairie de Valmont-sur-Loire, 1 place de la République", "02 00 00 00 00"),
)
TEXTS: Final = Texts.load()
ENVIRONMENT: Final = create_environment(TEXTS, TOWN, extra_templates=[Path(__file__).parent])
BASKET: Final = '{% from "components/basket.html.j2" import basket %}{{ basket(**values) }}'


class Handler(BaseHTTPRequestHandler):
    """Pages by the name of their template; what is posted to a page is drawn again, as the portal does."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/theme.css":
            self._answer(theme_css(TOWN.theme).encode(), "text/css")
        elif path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            self._answer(file.read_bytes(), TYPES[file.suffix])
        else:
            self._page(path, NO_CHOICES)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        choices = Choices.of_form(form.get("slot", []), form.get("was", []))
        if self.path == "/quote":
            self._answer(ENVIRONMENT.from_string(BASKET).render(values=samples.basket(TEXTS, choices)).encode(), HTML)
        else:
            self._page(self.path, choices)

    def _page(self, path: str, choices: Choices) -> None:
        template = ENVIRONMENT.get_template(f"{path.strip('/')}.html.j2")
        self._answer(template.render(samples.context(TEXTS, choices)).encode(), HTML)

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        with suppress(ConnectionError):  # the page asked something else since
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Nothing: a test that fails says enough."""


@contextmanager
def serve(port: int = 0) -> Iterator[str]:
    """The address of a running gallery."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
