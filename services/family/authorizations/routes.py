"""HTTP routes of authorizations."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import children_api as api
from contracts.family.authorizations import (
    Authorizations,
    AuthorizationsChange,
    AuthorizationsOnPaper,
    Confirmation,
    SchoolYear,
)

from . import commands, queries


@serves(api.read_authorizations)
async def read_authorizations(child_id: UUID, school_year: SchoolYear, db: Database, actor: Actor) -> Authorizations:
    return await queries.read_authorizations(db, actor, child_id, school_year)


@serves(api.answer_authorizations)
async def answer_authorizations(
    child_id: UUID, school_year: SchoolYear, body: AuthorizationsChange, db: Database, actor: Actor
) -> Authorizations:
    return await commands.answer_authorizations(db, actor, child_id, school_year, body)


@serves(api.enter_authorizations)
async def enter_authorizations(
    child_id: UUID, school_year: SchoolYear, body: AuthorizationsOnPaper, db: Database, actor: Actor
) -> Authorizations:
    return await commands.enter_authorizations(db, actor, child_id, school_year, body)


@serves(api.confirm_child_file)
async def confirm_child_file(
    child_id: UUID, school_year: SchoolYear, body: Confirmation, db: Database, actor: Actor
) -> Authorizations:
    return await commands.confirm_child_file(db, actor, child_id, school_year, body)


ROUTES = (read_authorizations, answer_authorizations, enter_authorizations, confirm_child_file)
