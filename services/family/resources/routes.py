"""HTTP routes of a household's resources."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import resources_api as api
from contracts.family.models import Household
from contracts.family.resources import (
    Declaration,
    DeclarationCreate,
    DeclarationDecision,
    HouseholdWithoutResources,
    QuotientPreview,
    Resources,
    ResourcesEntry,
)
from contracts.http import PAGE_SIZE, Cursor, Page, PageSize

from ..quotients.commands import change_quotient as change
from ..settings import FamilyRules
from . import commands, queries


@serves(api.own_resources)
async def own_resources(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None) -> Resources:
    return await queries.own_resources(db, actor, rules, household_id)


@serves(api.declare_resources)
async def declare_resources(body: DeclarationCreate, db: Database, actor: Actor, rules: FamilyRules) -> Declaration:
    return await commands.declare_resources(db, actor, rules, body)


@serves(api.withdraw_declaration)
async def withdraw_declaration(declaration_id: UUID, db: Database, actor: Actor) -> None:
    await commands.withdraw_declaration(db, actor, declaration_id)


@serves(api.read_resources)
async def read_resources(household_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Resources:
    return await queries.read_resources(db, actor, rules, household_id)


@serves(api.preview_quotient)
async def preview_quotient(
    household_id: UUID, body: ResourcesEntry, db: Database, rules: FamilyRules
) -> QuotientPreview:
    return await queries.preview_quotient(db, rules, household_id, body)


@serves(api.change_quotient)
async def change_quotient(
    household_id: UUID, body: ResourcesEntry, db: Database, actor: Actor, rules: FamilyRules
) -> Household:
    return await change(db, actor, rules, household_id, body)


@serves(api.list_declarations)
async def list_declarations(
    db: Database, rules: FamilyRules, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[Declaration]:
    return await queries.list_declarations(db, rules, cursor, limit)


@serves(api.read_declaration)
async def read_declaration(declaration_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Declaration:
    return await queries.read_declaration(db, actor, rules, declaration_id)


@serves(api.decide_declaration)
async def decide_declaration(
    declaration_id: UUID, body: DeclarationDecision, db: Database, actor: Actor, rules: FamilyRules
) -> Declaration:
    return await commands.decide_declaration(db, actor, rules, declaration_id, body)


@serves(api.households_without_resources)
async def households_without_resources(
    db: Database, cursor: Cursor | None = None, limit: PageSize = PAGE_SIZE
) -> Page[HouseholdWithoutResources]:
    return await queries.households_without(db, cursor, limit)


ROUTES = (
    own_resources,
    declare_resources,
    withdraw_declaration,
    read_resources,
    preview_quotient,
    change_quotient,
    list_declarations,
    read_declaration,
    decide_declaration,
    households_without_resources,
)
