"""Lists of agents as files for a spreadsheet: the rows of the page with its filters and its order, all of them, for whom the page is open."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from litestar import Response

from contracts.http import Page
from portal.frame.visit import FlashNotice, Visit
from portal.kit.spreadsheet import MEDIA_TYPE, Cell, csv_file

T = TypeVar("T")

ROWS_MAX: Final = 20_000
"""Of a file; a longer list is narrowed by its filters first."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """The key of a heading, and what stands below it."""

    heading: str
    cell: Callable[[T], Cell]


async def export(
    visit: Visit, name: str, columns: Sequence[Column[T]], read: Callable[[str | None], Awaitable[Page[T]]]
) -> Response[Any]:
    """The file of a list, whose pages `read` gives by their cursors; who asks for too long a one is led back to the page."""
    rows: list[T] = []
    cursor: str | None = None
    while True:
        page = await read(cursor)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
        if len(rows) >= ROWS_MAX:
            return visit.redirect(visit.request.url.path.rpartition("/")[0], FlashNotice("warning", "export_too_long"))
    heading = [visit.portal.texts(column.heading) for column in columns]
    content = csv_file(heading, ([column.cell(row) for column in columns] for row in rows))
    disposition = f'attachment; filename="{name}-{visit.portal.today()}.csv"'
    return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition})
