"""Keyset pagination: one more item than a page holds is read, and its cursor is the sort key of the last one shown.

A cursor is text that callers hand back and never read.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid
from contracts.http import PAGE_SIZE_MAX, Page

SEPARATOR = "~"

ItemT = TypeVar("ItemT")


def page_of(items: Sequence[ItemT], key: Callable[[ItemT], Sequence[object]], size: int = PAGE_SIZE_MAX) -> Page[ItemT]:
    """A page of the first `size` items; when there are more, its cursor is the `key` by which the list is ordered."""
    shown = tuple(items[:size])
    return Page(items=shown, next_cursor=cursor_of(key(shown[-1])) if len(items) > size else None)


def read_cursor(cursor: str, *readers: Callable[[str], Any]) -> list[Any]:
    """The sort key in a cursor, each part read by its reader (`UUID`, `date.fromisoformat`).

    Raises:
        Invalid: it is not a cursor of this list.
    """
    try:
        parts = urlsafe_b64decode(cursor).decode().split(SEPARATOR)
        return [reader(part) for reader, part in zip(readers, parts, strict=True)]
    except ValueError as error:
        raise Invalid(FieldRefusal("/cursor", "cursor_unreadable")) from error


def text_key(text: str) -> str:
    """A text in a cursor, as it was sorted by. Raises ValueError: it holds what no text of ours does."""
    if not text.isprintable():
        raise ValueError
    return text


def read_id(cursor: str | None) -> UUID | None:
    """The id in a cursor of a list that is ordered by one. Raises Invalid."""
    return read_cursor(cursor, UUID)[0] if cursor else None


def cursor_of(key: Sequence[object]) -> str:
    """The cursor that continues after the item with this sort key."""
    return urlsafe_b64encode(SEPARATOR.join(str(part) for part in key).encode()).decode()
