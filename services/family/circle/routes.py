"""HTTP routes of a household as a whole."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import circle_api as api
from contracts.family.circle import Circle, HealthFlags, HouseholdTimeline

from . import commands, queries


@serves(api.household_circle)
async def household_circle(household_id: UUID, db: Database, actor: Actor) -> Circle:
    return await queries.circle(db, actor, household_id, await db.today())


@serves(api.health_flags)
async def health_flags(household_id: UUID, db: Database, actor: Actor) -> HealthFlags:
    return await commands.health_flags(db, actor, household_id)


@serves(api.household_timeline)
async def household_timeline(household_id: UUID, db: Database) -> HouseholdTimeline:
    return await queries.timeline(db, household_id)


ROUTES = (household_circle, health_flags, household_timeline)
