"""HTTP routes of corrections that families make or ask for."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import changes_api as api
from contracts.family.changes import (
    ChangeAsked,
    ChangeDecision,
    ChildWanted,
    CivilStatus,
    PersonChange,
    PersonChanges,
    StatusChange,
)
from contracts.http import Cursor

from ..registrations.commands import LetterSeal
from ..settings import FamilyRules
from . import commands, queries


@serves(api.read_civil_status)
async def read_civil_status(child_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> CivilStatus:
    return await queries.read_civil_status(db, actor, rules, child_id)


@serves(api.change_civil_status)
async def change_civil_status(
    child_id: UUID, body: StatusChange, db: Database, actor: Actor, rules: FamilyRules
) -> ChangeAsked:
    return await commands.change_civil_status(db, actor, rules, child_id, body)


@serves(api.ask_child)
async def ask_child(body: ChildWanted, db: Database, actor: Actor, claim: Claim, rules: FamilyRules) -> ChangeAsked:
    return await commands.ask_child(db, actor, claim, rules, body)


@serves(api.list_changes)
async def list_changes(
    db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None, cursor: Cursor | None = None
) -> PersonChanges:
    return await queries.list_changes(db, actor, rules, household_id, cursor)


@serves(api.read_change)
async def read_change(change_id: UUID, db: Database, actor: Actor) -> PersonChange:
    return await queries.read_change(db, actor, change_id)


@serves(api.withdraw_change)
async def withdraw_change(change_id: UUID, db: Database, actor: Actor) -> None:
    await commands.withdraw(db, actor, change_id)


@serves(api.decide_change)
async def decide_change(change_id: UUID, body: ChangeDecision, db: Database, actor: Actor, letters: LetterSeal) -> None:
    await commands.decide(db, actor, letters, change_id, body)


ROUTES = (read_civil_status, change_civil_status, ask_child, list_changes, read_change, withdraw_change, decide_change)
