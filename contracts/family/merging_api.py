"""What the family service answers about two files of one household: which may be that, what a merge would make, the merge, and its undoing."""

from uuid import UUID

from contracts.family.merging import (
    DuplicateFiles,
    FileMerge,
    FileMergePreview,
    FileMergeRequest,
    FilesApart,
)
from contracts.family.permissions import FamilyPermission
from contracts.http import Cursor, Page
from contracts.operation import agents, delete, get, post, put
from contracts.types import StepUp


@get("/duplicate-households", agents(FamilyPermission.MERGE_HOUSEHOLDS))
async def list_duplicate_files(is_apart: bool = False, cursor: Cursor | None = None) -> Page[DuplicateFiles]:
    """Pairs of files that may be of one household, and what is alike; or those of which an agent said that they are not."""


@put("/households/{household_id}/duplicates/{other_id}", agents(FamilyPermission.MERGE_HOUSEHOLDS))
async def keep_files_apart(household_id: UUID, other_id: UUID, body: FilesApart) -> None:
    """Say why two files that look alike are of two households: they are on the list no more."""


@delete("/households/{household_id}/duplicates/{other_id}", agents(FamilyPermission.MERGE_HOUSEHOLDS))
async def compare_files_again(household_id: UUID, other_id: UUID) -> None:
    """Take back that two files are of two households."""


@get("/households/{household_id}/duplicates/{other_id}", agents(FamilyPermission.MERGE_HOUSEHOLDS))
async def preview_file_merge(household_id: UUID, other_id: UUID) -> FileMergePreview:
    """What comes of merging the other file into this one; this changes nothing."""


@post(
    "/households/{household_id}/merges",
    agents(FamilyPermission.MERGE_HOUSEHOLDS),
    is_keyed=True,
    status=201,
    step_up=StepUp.CUSTODY,
)
async def merge_files(household_id: UUID, body: FileMergeRequest) -> FileMerge:
    """Merge another file into this one, as it was previewed."""


@get("/households/{household_id}/merges", agents(FamilyPermission.MERGE_HOUSEHOLDS))
async def list_file_merges(household_id: UUID) -> Page[FileMerge]:
    """The merges that this file was part of, the newest first, and whether each can be undone."""


@post("/household-merges/{merge_id}/undoing", agents(FamilyPermission.MERGE_HOUSEHOLDS), step_up=StepUp.CUSTODY)
async def undo_file_merge(merge_id: UUID) -> FileMerge:
    """Separate two files again, while nothing that hangs on their merge was changed."""
