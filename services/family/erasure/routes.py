"""HTTP routes of files that are to be erased."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import erasure_api
from contracts.family.erasure import ErasureRequest, ErasureStanding

from ..settings import FamilyRules
from . import commands, queries


@serves(erasure_api.read_erasure)
async def read_erasure(household_id: UUID, db: Database, rules: FamilyRules) -> ErasureStanding:
    return await queries.standing(db, rules, household_id, await db.today())


@serves(erasure_api.ask_erasure)
async def ask_erasure(
    household_id: UUID, body: ErasureRequest, db: Database, actor: Actor, rules: FamilyRules
) -> ErasureStanding:
    return await commands.ask_erasure(db, actor, rules, household_id, body.confirmation)


ROUTES = (read_erasure, ask_erasure)
