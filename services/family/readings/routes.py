"""HTTP routes of readings."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import readings_api as api
from contracts.family.readings import QuotientAsked, QuotientReading, QuotientReadings

from ..settings import FamilyRules
from . import commands, queries
from .commands import Readings


@serves(api.quotient_readings)
async def quotient_readings(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> QuotientReadings:
    return await queries.list_readings(db, actor, rules, household_id)


@serves(api.read_quotient)
async def read_quotient(
    household_id: UUID, body: QuotientAsked, db: Database, actor: Actor, claim: Claim, readings: Readings
) -> QuotientReading:
    return await commands.read_quotient(db, actor, claim, readings, household_id, body)


@serves(api.take_quotient)
async def take_quotient(reading_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> QuotientReading:
    return await commands.take_quotient(db, actor, rules, reading_id)


@serves(api.drop_reading)
async def drop_reading(reading_id: UUID, db: Database, actor: Actor) -> None:
    await commands.drop_reading(db, actor, reading_id)


ROUTES = (quotient_readings, read_quotient, take_quotient, drop_reading)
