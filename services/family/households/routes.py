"""HTTP routes of household files."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.history import as_families_read, history_of
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.models import (
    Household,
    HouseholdCreate,
    HouseholdReference,
    MembershipChange,
    MembershipEnd,
    PayerChange,
)
from contracts.history import HistoryEntry
from contracts.http import Cursor, Page

from ..custody.queries import as_far_as_open
from ..openings.commands import open_household as open_household_file
from ..settings import FamilyRules
from . import commands, queries


@serves(api.open_household)
async def open_household(
    body: HouseholdCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> Household:
    return await open_household_file(db, actor, claim, rules, body)


@serves(api.read_household)
async def read_household(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Household:
    return await queries.household_for(db, actor, household_id, rules.hidden_from(actor))


@serves(api.family_history)
async def family_history(
    db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[HistoryEntry]:
    today = await db.today()
    known_id = await queries.household_id_for(db, actor, household_id, today)
    noted = await history_of(db, known_id, cursor)
    history = await queries.without_hidden(db, known_id, noted, rules.hidden_from(actor))
    history = await queries.as_far_as_read(db, actor, history, today)
    return as_families_read(actor, as_far_as_open(actor, history))


@serves(api.my_household)
async def my_household(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None) -> Household:
    return await queries.own_household(db, actor, household_id, rules.hidden_from(actor))


@serves(api.my_households)
async def my_households(db: Database, actor: Actor) -> Page[HouseholdReference]:
    return Page(items=tuple(await queries.own_households(db, actor, await db.today())))


@serves(api.join_household)
async def join_household(
    household_id: UUID, person_id: UUID, body: MembershipChange, db: Database, actor: Actor
) -> Household:
    return await commands.join_household(db, actor, household_id, person_id, body)


@serves(api.leave_household)
async def leave_household(
    household_id: UUID, person_id: UUID, body: MembershipEnd, db: Database, actor: Actor
) -> Household:
    return await commands.leave_household(db, actor, household_id, person_id, body)


@serves(api.change_payer)
async def change_payer(household_id: UUID, body: PayerChange, db: Database, actor: Actor) -> Household:
    return await commands.change_payer(db, actor, household_id, body)


ROUTES = (
    family_history,
    open_household,
    read_household,
    my_household,
    my_households,
    join_household,
    leave_household,
    change_payer,
)
