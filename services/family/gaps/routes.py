"""HTTP routes of the lists of gaps."""

from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import gaps_api
from contracts.family.gaps import Gap, GapCount, GapKind
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from . import queries


@serves(gaps_api.count_gaps)
async def count_gaps(db: Database, kind: GapKind | None = None) -> Page[GapCount]:
    return await queries.count_gaps(db, kind)


@serves(gaps_api.list_gaps)
async def list_gaps(
    kind: GapKind, db: Database, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[Gap]:
    return await queries.list_gaps(db, kind, cursor, limit)


ROUTES = (count_gaps, list_gaps)
