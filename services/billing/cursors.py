"""Cursors of lists: the sort key of the last item of a page, as text that callers hand back and never read."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar.params import QueryParameter

from chassis.refusal import FieldRefusal, Invalid

CURSOR_LENGTH_MAX = 200
SEPARATOR = "~"

Cursor = Annotated[str | None, QueryParameter(max_length=CURSOR_LENGTH_MAX)]


def cursor_of(*parts: object) -> str:
    """The cursor that continues after the item with this sort key."""
    return SEPARATOR.join(str(part) for part in parts)


def read_cursor(cursor: str, *readers: Callable[[str], Any]) -> list[Any]:
    """The sort key in a cursor, each part read by its reader (`UUID`, `date.fromisoformat`).

    Raises:
        Invalid: it is not a cursor of this list.
    """
    try:
        return [reader(part) for reader, part in zip(readers, cursor.split(SEPARATOR), strict=True)]
    except ValueError as error:
        raise Invalid(FieldRefusal("/cursor", "cursor_unreadable")) from error
