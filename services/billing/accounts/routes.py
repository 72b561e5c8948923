"""HTTP for accounts."""

from datetime import date
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.billing.api import Account, ChargeLine
from contracts.http import Page

from ..cursors import Cursor
from ..settings import BillingRules
from . import queries


@get("/account", operation_id="read_account", tags=["accounts"])
async def read_account(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    rules: NamedDependency[BillingRules],
    household_id: FromQuery[UUID | None] = None,
) -> Account:
    """What a household owes, and the quotient that its prices are computed with."""
    return await queries.account(db, actor, rules, household_id)


@get("/charges", operation_id="list_charges", tags=["accounts"])
async def list_charges(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    household_id: FromQuery[UUID | None] = None,
    cursor: Cursor = None,
) -> Page[ChargeLine]:
    """What each booked day costs, and whether it is invoiced."""
    return await queries.charges(db, actor, household_id, (from_on, to_on), cursor)


ROUTES = (read_account, list_charges)
