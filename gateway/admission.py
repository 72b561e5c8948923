"""What happens before any handler: who visits is found out, and an unsafe request proves where it came from."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from contracts.operation import SAFE_METHODS

from .auth import Sessions
from .browsers import bearer_token

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
CSRF_EXEMPT = "csrf_exempt"
FIELDS_MAX = 2_000
NAME_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted, by field name: the first value, every value of a field that may come several times, and what stands in the files that
    were chosen."""

    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[bytes]] = field(default_factory=dict, repr=False)

    def get(self, name: str, default: str = "") -> str:
        """The value of a field."""
        return self.values.get(name, default)

    def file(self, name: str) -> bytes:
        """What stands in the file of a field, empty where none was chosen."""
        return next(iter(self.files.get(name, ())), b"")

    def all(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        return self.lists.get(name, [])


async def admit(request: Request[Any, Any, Any]) -> None:
    """Note the visitor and the form on the request; refuse a forged one. Raises ForgedRequest, Unreachable."""
    sessions: Sessions = request.app.state.sessions
    visitor = await sessions.visitor(request)
    posted = await _read_form(request)
    request.state.visitor = visitor
    request.state.posted = posted
    is_exempt = bearer_token(request) or request.route_handler.opt.get(CSRF_EXEMPT)
    if request.method not in SAFE_METHODS and not is_exempt:
        sessions.check_origin(request)
        sessions.check_form(visitor, request.headers.get("x-csrf-token") or posted.get("csrf_token"))


async def _read_form(request: Request[Any, Any, Any]) -> Posted:
    if not request.headers.get("content-type", "").startswith(FORM_TYPES):
        return Posted()
    lists: dict[str, list[str]] = {}
    files: dict[str, list[bytes]] = {}
    try:
        fields = (await request.form()).multi_items()
    except (UnicodeError, LookupError) as error:  # a part in another encoding than it says, or in one that nobody knows
        raise ClientException(status_code=422) from error
    for number, (name, value) in enumerate(fields):
        if number >= FIELDS_MAX or len(name) > NAME_LENGTH_MAX or not _is_text(name):
            raise ClientException(status_code=422)
        if isinstance(value, str):
            if not _is_text(value):
                raise ClientException(status_code=422)
            lists.setdefault(name, []).append(value.replace("\x00", ""))
        elif isinstance(value, UploadFile):
            if content := await value.read():
                files.setdefault(name, []).append(content)
            await value.close()
    return Posted({name: values[0] for name, values in lists.items()}, lists, files)


def _is_text(value: str) -> bool:
    """Whether every character is one; halves of a pair, which some encodings let through, are none."""
    return not any("\ud800" <= character <= "\udfff" for character in value)
