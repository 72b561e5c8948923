"""HTTP route of the search for files."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.events import HouseholdKind
from contracts.family.search import HouseholdSummary
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText

from . import queries
from .queries import FilesAsked


@serves(api.find_households)
async def find_households(
    db: Database,
    actor: Actor,
    search: SearchText = "",
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
    kind: HouseholdKind | None = None,
    is_archived: bool = False,
) -> Page[HouseholdSummary]:
    asked = FilesAsked(search, kind, is_archived, cursor, limit)
    return await queries.find_households(db, actor, asked, await db.today())
