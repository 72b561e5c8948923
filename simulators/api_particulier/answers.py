"""What the interface answers with: an envelope of data or of one error, each under its own content type, with the headers of every answer."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from litestar import Response

JSON_API: Final = "application/vnd.api+json"
PLAIN: Final = "application/json"
AT_THE_DOOR: Final = frozenset({401, 403, 429})
"""The answers that are given before a request gets to the application, which alone speaks JSON:API."""
ERRORS: Final[Mapping[str, Mapping[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("errors.toml").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, what stands in the body, and the headers that are this answer's own."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        """As the real one: what is refused at the door is plain JSON."""
        return PLAIN if self.status in AT_THE_DOOR else JSON_API

    def sent(self, headers: Mapping[str, str]) -> Response[bytes]:
        """The answer on the wire, with the headers of every answer."""
        content = json.dumps(self.body, ensure_ascii=False).encode()
        return Response(
            content, status_code=self.status, media_type=self.content_type, headers={**headers, **self.headers}
        )


def data_answer(payload: Mapping[str, Any]) -> Answer:
    """The data that were asked for."""
    return Answer(200, {"data": payload, "links": {}, "meta": {}})


def error(code: str, **headers: str) -> Answer:
    """An error by its code."""
    entry = ERRORS[code]
    meta = {name: entry[name] for name in ("provider", "retry_in") if name in entry}
    source = {"parameter": entry["parameter"]} if "parameter" in entry else None
    one = {"code": code, "title": entry["title"], "detail": entry["detail"], "source": source, "meta": meta}
    return Answer(entry["status"], {"errors": [one]}, headers)
