"""What the family service answers about files that are not used any more."""

from uuid import UUID

from contracts.family.archives import (
    ArchivedHousehold,
    ArchiveRequest,
    ArchiveStanding,
    BulkArchive,
    BulkArchived,
    IdleHousehold,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Day, Page, PageSize
from contracts.operation import agents, families, get, post


@get("/households/{household_id}/archive", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def read_archive(household_id: UUID) -> ArchiveStanding:
    """Whether a file is put aside, and what stands against it."""


@post("/households/{household_id}/archive", agents(FamilyPermission.KEEP_HOUSEHOLDS), is_repeatable=True)
async def archive_household(household_id: UUID, body: ArchiveRequest) -> ArchiveStanding:
    """Put a file aside that nothing keeps in use: nobody belongs to it from today on, and nothing of it is erased."""


@post("/households/{household_id}/reopening", agents(FamilyPermission.KEEP_HOUSEHOLDS), is_repeatable=True)
async def reopen_household(household_id: UUID) -> ArchiveStanding:
    """Take a file up again: whoever belonged to it when it was put aside does from today on."""


@get("/idle-households", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def list_idle_households(
    since_on: Day, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[IdleHousehold]:
    """Files of which nothing was heard since a day and that nothing keeps in use, the most idle first."""


@post("/idle-households/archive", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def archive_idle_households(body: BulkArchive) -> BulkArchived:
    """Put files aside that were shown as idle; those that are in use by now stay."""


@get("/me/archived-households", families())
async def my_archived_households() -> Page[ArchivedHousehold]:
    """The files of the adult who is signed in that were put aside."""


@post("/me/archived-households/{household_id}/reopening", families(), is_repeatable=True)
async def ask_reopening(household_id: UUID) -> ArchivedHousehold:
    """Ask an agent to take up a file again that one belonged to."""
