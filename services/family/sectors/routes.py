"""HTTP routes of school sectors."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import sectors_api as api
from contracts.family.sectors import ChildSectors, SchoolYear, SectorFile, SectorPlan, SectorTrial, Segment

from . import commands, queries


@serves(api.read_sectors)
async def read_sectors(school_year: SchoolYear, db: Database) -> SectorPlan:
    return await queries.read_plan(db, school_year)


@serves(api.add_segment)
async def add_segment(school_year: SchoolYear, body: Segment, db: Database, actor: Actor, claim: Claim) -> SectorPlan:
    return await commands.add_segment(db, actor, claim, school_year, body)


@serves(api.remove_segment)
async def remove_segment(school_year: SchoolYear, segment_id: UUID, db: Database, actor: Actor) -> SectorPlan:
    return await commands.remove_segment(db, actor, school_year, segment_id)


@serves(api.replace_sectors)
async def replace_sectors(school_year: SchoolYear, body: SectorFile, db: Database, actor: Actor) -> SectorPlan:
    return await commands.replace_sectors(db, actor, school_year, body)


@serves(api.try_sectors)
async def try_sectors(school_year: SchoolYear, db: Database, actor: Actor) -> SectorTrial:
    return await queries.try_plan(db, actor, school_year)


@serves(api.publish_sectors)
async def publish_sectors(school_year: SchoolYear, db: Database, actor: Actor) -> SectorPlan:
    return await commands.publish_sectors(db, actor, school_year)


@serves(api.read_child_sectors)
async def read_child_sectors(child_id: UUID, school_year: SchoolYear, db: Database, actor: Actor) -> ChildSectors:
    return await queries.read_child_sectors(db, actor, child_id, school_year)


ROUTES = (
    read_sectors,
    add_segment,
    remove_segment,
    replace_sectors,
    try_sectors,
    publish_sectors,
    read_child_sectors,
)
