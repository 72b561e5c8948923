"""HTTP routes of splits."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import splits_api
from contracts.family.models import Household
from contracts.family.splits import SplitConfirm, SplitCreate, SplitPreview

from . import commands, queries


@serves(splits_api.preview_split)
async def preview_split(household_id: UUID, body: SplitCreate, db: Database) -> SplitPreview:
    return await queries.preview(db, household_id, body)


@serves(splits_api.split_household)
async def split_household(
    household_id: UUID, body: SplitConfirm, db: Database, actor: Actor, claim: Claim
) -> Household:
    return await commands.split_household(db, actor, claim, household_id, body)


ROUTES = (preview_split, split_household)
