"""HTTP routes of the insurance of children."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import insurance_api as api
from contracts.family.authorizations import SchoolYear
from contracts.family.insurance import Insurance, InsuranceChange, Insurances

from ..settings import FamilyRules
from . import commands, queries


@serves(api.read_insurance)
async def read_insurance(
    child_id: UUID, school_year: SchoolYear, db: Database, actor: Actor, rules: FamilyRules
) -> Insurance:
    return await queries.read_insurance(db, actor, rules, child_id, school_year)


@serves(api.change_insurance)
async def change_insurance(
    child_id: UUID, school_year: SchoolYear, body: InsuranceChange, db: Database, actor: Actor, rules: FamilyRules
) -> Insurance:
    return await commands.change_insurance(db, actor, rules, (child_id, school_year), body)


@serves(api.household_insurances)
async def household_insurances(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Insurances:
    return await queries.household_insurances(db, actor, rules, household_id)


ROUTES = (read_insurance, change_insurance, household_insurances)
