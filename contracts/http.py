"""What every private HTTP interface shares: pages of a list, refusals as problem documents, and field types with limits."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from .event import Model
from .telephones import kept_number

PAGE_SIZE_MAX = 100
PAGE_SIZE = 25

ItemT = TypeVar("ItemT")

# Control characters (of which PostgreSQL does not store NUL), and the marks that turn the direction of what follows them, so that one reads something else
# than is there (Unicode, `Bidi_Control`; CVE-2021-42574). A text has lines and tabs, a line has neither.
_TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
LINE = rf"^[^\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}]*$"
TEXT = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNING}]*$"
UNSEEN = "unprintable_character"
"""The code of what is wrong with a field that breaks either."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=LINE)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=TEXT)]
_ATOM = rf"[^\x00-\x20\x7f-\x9f{_TURNING}\s()<>\[\]:;@\\,.\"]+"
_WORD = rf"[^\x00-/:-@\[-`{{-\x9f{_TURNING}\s]+"
_LABEL = rf"{_WORD}(-+{_WORD})*"
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=80,
        pattern=rf"^{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})*\.[A-Za-z]{{2,}}$",
    ),
]
"""An address that can stand in a mail as it is typed: no brackets, quotes or comments, and no dot without a word beside it.
Source: RFC 5322, 3.2.3 (`dot-atom`); letters beyond ASCII as RFC 6531, 3.3 has them."""


def _kept_number(typed: str) -> str:
    if (number := kept_number(typed)) is None:
        raise ValueError("no telephone number")
    return number


Phone = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40, pattern=LINE), AfterValidator(_kept_number)
]
"""A telephone number as it was typed, which becomes the number as it is kept, such as `+33612345678`: `contracts/telephones.py`."""
PostalCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 \-]{0,10}$")]
"""A postal code: five digits here and in Monaco; other countries have letters, spaces and dashes too."""
FRENCH_POSTAL_CODE = r"[0-9]{5}"
SearchText = Annotated[str, StringConstraints(max_length=100)]
Cursor = Annotated[str, StringConstraints(max_length=2000)]
"""Where a page of a list begins: the `next_cursor` of the page before, which callers hand back and never read."""
SiteCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]{0,19}$")]
"""The short code of a site of the town."""
PageSize = Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX)]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


def _plausible(day: date) -> date:
    if not date(1900, 1, 1) <= day <= date(2100, 12, 31):
        raise ValueError("the date is outside 1900-2100")
    return day


Day = Annotated[date, AfterValidator(_plausible)]
"""A civil date that a person can mean."""


def _plausible_instant(at: datetime) -> datetime:
    _plausible(at.date())
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_plausible_instant)]
"""An instant that a person can mean, with its offset: whichever zone it is read in, it has a date."""


class Page(Model, Generic[ItemT]):
    """A page of a list; `next_cursor` is None on the last one."""

    items: tuple[ItemT, ...]
    next_cursor: str | None = None


class FileType(StrEnum):
    """What the bytes of a file are (RFC 6838)."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"
    ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file: its bytes, what they are, and a name to keep it under."""

    content: bytes = field(repr=False)
    media_type: FileType
    name: str


class FieldProblem(Model):
    """What is wrong with one field. `pointer` is a JSON Pointer (RFC 6901) into the request body."""

    pointer: str
    code: str
    detail: str
    params: dict[str, Any] = Field(default_factory=dict)


class Problem(Model):
    """A refusal, as `application/problem+json` (RFC 9457). `code` is stable; `params` are the facts behind it."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    params: dict[str, Any] = Field(default_factory=dict)
    errors: tuple[FieldProblem, ...] = ()
    trace_id: str | None = None
