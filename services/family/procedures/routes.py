"""HTTP routes of procedures."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import procedures_api as api
from contracts.family.procedure_words import Code
from contracts.family.procedures import (
    OwnProcedures,
    ProcedureCheck,
    ProcedureDraft,
    ProcedurePublication,
    ProcedureSummary,
    PublishedProcedure,
)
from contracts.http import Page

from ..settings import FamilyRules
from . import commands, queries


@serves(api.public_procedures)
async def public_procedures(db: Database, rules: FamilyRules) -> Page[ProcedureSummary]:
    return await queries.public_procedures(db, rules)


@serves(api.own_procedures)
async def own_procedures(
    db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None
) -> OwnProcedures:
    return await queries.own_procedures(db, actor, rules, household_id)


@serves(api.list_procedures)
async def list_procedures(db: Database, rules: FamilyRules) -> Page[PublishedProcedure]:
    return await queries.list_procedures(db, rules)


@serves(api.read_procedure)
async def read_procedure(code: Code, db: Database, rules: FamilyRules) -> PublishedProcedure:
    return await queries.read_procedure(db, rules, code)


@serves(api.check_procedure)
async def check_procedure(body: ProcedureDraft, db: Database, rules: FamilyRules) -> ProcedureCheck:
    return await commands.check_procedure(db, rules, body.text)


@serves(api.publish_procedure)
async def publish_procedure(
    body: ProcedurePublication, db: Database, actor: Actor, rules: FamilyRules
) -> PublishedProcedure:
    return await commands.publish_procedure(db, actor, rules, body)


ROUTES = (public_procedures, own_procedures, list_procedures, read_procedure, check_procedure, publish_procedure)
