"""HTTP routes of household files."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.history import history_of
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import Household, HouseholdCreate, HouseholdSummary
from contracts.history import HistoryEntry
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize, SearchText

from ..settings import FamilyRules
from . import commands, queries


@serves(api.open_household)
async def open_household(
    body: HouseholdCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> Household:
    return await commands.open_household(db, actor, claim, rules, body)


@serves(api.find_households)
async def find_households(
    db: Database, search: SearchText = "", cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[HouseholdSummary]:
    return await queries.find_households(db, search, cursor, limit)


@serves(api.read_household)
async def read_household(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Household:
    return await queries.household_for(db, actor, household_id, rules.today(await db.now()))


@serves(api.family_history)
async def family_history(
    db: Database,
    actor: Actor,
    rules: FamilyRules,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
) -> Page[HistoryEntry]:
    today = rules.today(await db.now())
    return await history_of(db, await queries.household_id_for(db, actor, household_id, today), cursor)


@serves(api.my_household)
async def my_household(db: Database, actor: Actor, rules: FamilyRules) -> Household:
    return await queries.own_household(db, actor, rules.today(await db.now()))
