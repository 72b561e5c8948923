"""The public list of tariffs."""

from dataclasses import asdict
from datetime import date

from chassis.data.database import Database
from chassis.data.paging import page_of, read_cursor
from contracts.billing.models import Bracket, Tariff
from contracts.http import PAGE_SIZE_MAX, Page

from .domain import Grid
from .store import grid_of

TARIFFS_SQL = """
select distinct on (tariff_code, effective_on) tariff_code, label, grid_version, effective_on, brackets
from tariffs t
where (tariff_code, effective_on) > ($2::text, $3::date)
  and effective_on >= coalesce(
      (select max(effective_on) from tariffs now where now.tariff_code = t.tariff_code and now.effective_on <= $1), $1)
order by tariff_code, effective_on, grid_version desc
limit $4
"""


async def tariffs(db: Database, today: date, cursor: str | None) -> Page[Tariff]:
    """Of each tariff the grid in force and those to come, by code and day."""
    code, day = read_cursor(cursor, str, date.fromisoformat) if cursor else ("", date.min)
    rows = await db.fetch(TARIFFS_SQL, today, code, day, PAGE_SIZE_MAX + 1)
    return page_of([tariff_of(grid_of(row)) for row in rows], lambda grid: (grid.tariff_code, grid.effective_on))


def tariff_of(grid: Grid) -> Tariff:
    """A grid as it is published."""
    return Tariff(
        tariff_code=grid.tariff_code,
        label=grid.label,
        grid_version=grid.grid_version,
        effective_on=grid.effective_on,
        brackets=tuple(Bracket(**asdict(bracket)) for bracket in grid.brackets),
    )
