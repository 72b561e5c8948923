"""HTTP routes of files that may be of one household."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import merging_api
from contracts.family.merging import DuplicateFiles, FilesApart
from contracts.http import Cursor, Page

from . import commands, queries


@serves(merging_api.list_duplicate_files)
async def list_duplicate_files(
    db: Database, is_apart: bool = False, cursor: Cursor | None = None
) -> Page[DuplicateFiles]:
    return await queries.duplicate_files(db, is_apart, cursor)


@serves(merging_api.keep_files_apart)
async def keep_files_apart(household_id: UUID, other_id: UUID, body: FilesApart, db: Database, actor: Actor) -> None:
    await commands.keep_apart(db, actor, household_id, other_id, body)


@serves(merging_api.compare_files_again)
async def compare_files_again(household_id: UUID, other_id: UUID, db: Database, actor: Actor) -> None:
    await commands.compare_again(db, actor, household_id, other_id)


ROUTES = (list_duplicate_files, keep_files_apart, compare_files_again)
