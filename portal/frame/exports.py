"""Lists of agents as files for a spreadsheet: the rows of the page with its filters and its order, all of them, for whom the page is open."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from litestar import Response

from contracts.http import Page
from contracts.identity.api import record_export
from contracts.identity.step_up import Export
from portal.frame.visit import FlashNotice, Visit
from portal.kit.formats import date_short, time_short
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
    visit: Visit,
    name: str,
    columns: Sequence[Column[T]],
    read: Callable[[str | None], Awaitable[Page[T]]],
    rows_max: int | None = None,
) -> Response[Any]:
    """The file of a list, whose pages `read` gives by their cursors. That it is taken away is recorded once it is there, and before it leaves; who
    asks for too long a one is led back to the page, with its filters."""
    rows: list[T] = []
    cursor: str | None = None
    while True:
        page = await read(cursor)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
        if len(rows) >= (rows_max or ROWS_MAX):
            return visit.redirect(_list_of(visit), FlashNotice("warning", "export_too_long"))
    heading = [visit.portal.texts(column.heading) for column in columns]
    content = csv_file(heading, ([column.cell(row) for column in columns] for row in rows))
    await visit.call(record_export, Export(name=name))
    disposition = f'attachment; filename="{name}-{visit.portal.today()}.csv"'
    return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition})


def can_export(visit: Visit) -> bool:
    """Whether whoever visits may take lists away: what a page asks before it offers one."""
    return visit.may(record_export)


def on_the_clock(visit: Visit, at: datetime | None) -> str | None:
    """An instant as a cell: its day and time in the town."""
    zone = visit.portal.town.town.zone
    return f"{date_short(at, zone)} {time_short(at, zone)}" if at else None


def _list_of(visit: Visit) -> str:
    """The page of a list, whose file stands below it, narrowed by the same filters."""
    path = visit.request.scope["path"].rpartition("/")[0]
    return f"{path}?{urlencode(visit.asked)}" if visit.asked else path
