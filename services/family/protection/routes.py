"""HTTP routes of protected addresses."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import protection_api as api
from contracts.family.events import Address
from contracts.family.models import Household
from contracts.family.protection import AddressProtection, ProtectedHousehold, ProtectionEnd
from contracts.http import Cursor, Page

from ..settings import FamilyRules
from . import commands, queries


@serves(api.list_protected)
async def list_protected(
    db: Database, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[ProtectedHousehold]:
    return await queries.list_protected(db, household_id, cursor, await db.today())


@serves(api.protect_address)
async def protect_address(household_id: UUID, body: AddressProtection, db: Database, actor: Actor) -> Household:
    return await commands.protect_address(db, actor, household_id, body)


@serves(api.end_protection)
async def end_protection(household_id: UUID, body: ProtectionEnd, db: Database, actor: Actor) -> Household:
    return await commands.end_protection(db, actor, household_id, body)


@serves(api.show_address)
async def show_address(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Address:
    return await commands.show_address(db, actor, rules, household_id)


ROUTES = (list_protected, protect_address, end_protection, show_address)
