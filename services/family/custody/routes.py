"""HTTP routes of custody."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api, custody_api
from contracts.family.custody import (
    ChildFile,
    ChildFiles,
    ChildWithTurns,
    HomeDaysChange,
    ResidenceChange,
    ResponsibilityChange,
    ResponsibilityEnd,
)
from contracts.http import Page

from ..settings import FamilyRules
from . import commands, queries


@serves(api.read_custody)
async def read_custody(child_id: UUID, db: Database) -> ChildFile:
    return await queries.child_file(db, child_id, await db.today())


@serves(custody_api.read_child_files)
async def read_child_files(child_id: UUID, db: Database) -> ChildFiles:
    return await queries.child_files(db, child_id, await db.today())


@serves(api.change_responsibility)
async def change_responsibility(
    child_id: UUID, adult_id: UUID, body: ResponsibilityChange, db: Database, actor: Actor
) -> ChildFile:
    return await commands.change_responsibility(db, actor, child_id, adult_id, body)


@serves(api.end_responsibility)
async def end_responsibility(
    child_id: UUID, adult_id: UUID, body: ResponsibilityEnd, db: Database, actor: Actor
) -> ChildFile:
    return await commands.end_responsibility(db, actor, child_id, adult_id, body)


@serves(api.change_residence)
async def change_residence(
    child_id: UUID, body: ResidenceChange, db: Database, actor: Actor, rules: FamilyRules
) -> ChildFile:
    return await commands.change_residence(db, actor, rules, child_id, body)


@serves(custody_api.change_home_days)
async def change_home_days(child_id: UUID, body: HomeDaysChange, db: Database, actor: Actor) -> ChildFile:
    return await commands.change_home_days(db, actor, child_id, body)


@serves(custody_api.children_in_turns)
async def children_in_turns(db: Database, actor: Actor, household_id: UUID | None = None) -> Page[ChildWithTurns]:
    return await queries.children_in_turns(db, actor, household_id)


ROUTES = (
    read_custody,
    read_child_files,
    change_responsibility,
    end_responsibility,
    change_residence,
    change_home_days,
    children_in_turns,
)
