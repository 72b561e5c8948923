"""The private HTTP interface of family quotients."""

from uuid import UUID

from litestar import put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.family.api import Household, QuotientChange

from ..settings import FamilyRules
from . import commands


@put("/households/{household_id:uuid}/quotient", operation_id="change_quotient", tags=["quotients"])
async def change_quotient(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rules: NamedDependency[FamilyRules],
    household_id: FromPath[UUID],
    data: JSONBody[QuotientChange],
) -> Household:
    """Record the family quotient of a household from a day on."""
    return await commands.change_quotient(db, actor, rules, household_id, data)
