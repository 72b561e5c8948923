"""HTTP route of the search for files."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.events import HouseholdKind
from contracts.family.search import HouseholdSummary
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText, SiteCode

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
    school_code: SiteCode | None = None,
    class_id: UUID | None = None,
) -> Page[HouseholdSummary]:
    asked = FilesAsked(search, kind, is_archived, cursor, limit, school_code, class_id)
    return await queries.find_households(db, actor, asked, await db.today())
