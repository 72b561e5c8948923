"""What the family service answers about what files lack."""

from contracts.family.gaps import Gap, GapCount, GapKind
from contracts.family.permissions import FamilyPermission
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize
from contracts.operation import agents, get


@get("/gaps", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def count_gaps(kind: GapKind | None = None) -> Page[GapCount]:
    """How many files lack something or contradict each other, for each kind or for one."""


@get("/gaps/{kind}", agents(FamilyPermission.KEEP_HOUSEHOLDS))
async def list_gaps(kind: GapKind, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE) -> Page[Gap]:
    """The files that lack this, or contradict another one in it."""
