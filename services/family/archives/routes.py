"""HTTP routes of files that are put aside."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import archives_api
from contracts.family.archives import (
    ArchivedHousehold,
    ArchiveRequest,
    ArchiveStanding,
    BulkArchive,
    BulkArchived,
    IdleHousehold,
)
from contracts.http import PAGE_SIZE, Cursor, Day, Page, PageSize

from ..settings import FamilyRules
from . import commands, queries


@serves(archives_api.read_archive)
async def read_archive(household_id: UUID, db: Database, rules: FamilyRules) -> ArchiveStanding:
    return await queries.standing(db, rules, household_id, await db.today())


@serves(archives_api.archive_household)
async def archive_household(
    household_id: UUID, body: ArchiveRequest, db: Database, actor: Actor, rules: FamilyRules
) -> ArchiveStanding:
    return await commands.archive_household(db, actor, rules, household_id, body.reason)


@serves(archives_api.reopen_household)
async def reopen_household(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> ArchiveStanding:
    return await commands.reopen_household(db, actor, rules, household_id)


@serves(archives_api.list_idle_households)
async def list_idle_households(
    since_on: Day, db: Database, rules: FamilyRules, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[IdleHousehold]:
    return await queries.idle_households(db, rules, since_on, cursor, limit)


@serves(archives_api.archive_idle_households)
async def archive_idle_households(body: BulkArchive, db: Database, actor: Actor, rules: FamilyRules) -> BulkArchived:
    return await commands.archive_idle(db, actor, rules, body)


@serves(archives_api.my_archived_households)
async def my_archived_households(db: Database, actor: Actor) -> Page[ArchivedHousehold]:
    return await queries.own_archived(db, actor)


@serves(archives_api.ask_reopening)
async def ask_reopening(household_id: UUID, db: Database, actor: Actor) -> ArchivedHousehold:
    return await commands.ask_reopening(db, actor, household_id)


ROUTES = (
    read_archive,
    archive_household,
    reopen_household,
    list_idle_households,
    archive_idle_households,
    my_archived_households,
    ask_reopening,
)
