"""HTTP routes of two files of one household that become one."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import merging_api
from contracts.family.merging import FileMerge, FileMergePreview, FileMergeRequest
from contracts.http import Page

from . import commands, queries


@serves(merging_api.preview_file_merge)
async def preview_file_merge(household_id: UUID, other_id: UUID, db: Database) -> FileMergePreview:
    return await queries.preview(db, household_id, other_id)


@serves(merging_api.merge_files)
async def merge_files(
    household_id: UUID, body: FileMergeRequest, db: Database, actor: Actor, claim: Claim
) -> FileMerge:
    return await commands.merge_files(db, actor, claim, household_id, body)


@serves(merging_api.list_file_merges)
async def list_file_merges(household_id: UUID, db: Database) -> Page[FileMerge]:
    return await queries.file_merges(db, household_id)


@serves(merging_api.undo_file_merge)
async def undo_file_merge(merge_id: UUID, db: Database, actor: Actor) -> FileMerge:
    return await commands.undo_merge(db, actor, merge_id)


ROUTES = (preview_file_merge, merge_files, list_file_merges, undo_file_merge)
