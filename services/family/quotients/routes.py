"""HTTP routes of family quotients."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import Household, QuotientChange

from ..settings import FamilyRules
from . import commands


@serves(api.change_quotient)
async def change_quotient(
    household_id: UUID, body: QuotientChange, db: Database, actor: Actor, rules: FamilyRules
) -> Household:
    return await commands.change_quotient(db, actor, rules, household_id, body)
