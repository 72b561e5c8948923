"""HTTP routes of accounts."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.billing import api
from contracts.billing.models import ChargeLine, HouseholdAccount
from contracts.http import Cursor, Page

from ..settings import BillingRules
from . import queries


@serves(api.read_account)
async def read_account(
    db: Database, actor: Actor, rules: BillingRules, household_id: UUID | None = None
) -> HouseholdAccount:
    return await queries.account(db, actor, rules, household_id)


@serves(api.list_charges)
async def list_charges(
    from_on: date,
    to_on: date,
    db: Database,
    actor: Actor,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
) -> Page[ChargeLine]:
    return await queries.charges(db, actor, household_id, (from_on, to_on), cursor)


ROUTES = (read_account, list_charges)
