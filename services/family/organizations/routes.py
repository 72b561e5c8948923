"""HTTP route of the kind of a file."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import Household
from contracts.family.organizations import KindChange

from ..settings import FamilyRules
from . import commands


@serves(api.change_kind)
async def change_kind(
    household_id: UUID, body: KindChange, db: Database, actor: Actor, rules: FamilyRules
) -> Household:
    return await commands.change_kind(db, actor, rules, household_id, body)
