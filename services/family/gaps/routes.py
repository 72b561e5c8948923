"""HTTP routes of the lists of gaps."""

from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import gaps_api
from contracts.family.gaps import Gap, GapCount, GapKind
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from ..settings import FamilyRules
from . import queries


@serves(gaps_api.count_gaps)
async def count_gaps(db: Database, rules: FamilyRules, kind: GapKind | None = None) -> Page[GapCount]:
    return await queries.count_gaps(db, rules, kind)


@serves(gaps_api.list_gaps)
async def list_gaps(
    kind: GapKind, db: Database, rules: FamilyRules, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[Gap]:
    return await queries.list_gaps(db, rules, kind, cursor, limit)


ROUTES = (count_gaps, list_gaps)
