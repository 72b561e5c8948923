"""What the family service answers to an agent who imports households from a file."""

from uuid import UUID

from contracts.family.import_words import ImportFinding
from contracts.family.imports import BODY_BYTES_MAX, ImportCreate, ImportLine, ImportRun
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.operation import agents, get, post


@post(
    "/household-imports",
    agents(FamilyPermission.IMPORT_HOUSEHOLDS),
    is_keyed=True,
    is_slow=True,
    status=201,
    body_max_bytes=BODY_BYTES_MAX,
)
async def propose_household_import(body: ImportCreate) -> ImportRun:
    """Look at what a file would open; nothing is opened before the import is confirmed."""


@get("/household-imports", agents(FamilyPermission.IMPORT_HOUSEHOLDS))
async def list_household_imports() -> Page[ImportRun]:
    """The last imports, the newest first."""


@get("/household-imports/{run_id}", agents(FamilyPermission.IMPORT_HOUSEHOLDS))
async def read_household_import(run_id: UUID) -> ImportRun:
    """An import and how far it has come."""


@get("/household-imports/{run_id}/lines", agents(FamilyPermission.IMPORT_HOUSEHOLDS))
async def list_import_lines(
    run_id: UUID, finding: ImportFinding | None = None, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[ImportLine]:
    """The report of an import line by line, or those of its lines that come to the same."""


@post("/household-imports/{run_id}/confirmation", agents(FamilyPermission.IMPORT_HOUSEHOLDS), is_repeatable=True)
async def confirm_household_import(run_id: UUID) -> ImportRun:
    """Have those households opened that the import found; one that was confirmed already stays as it is. One import works at a time."""
