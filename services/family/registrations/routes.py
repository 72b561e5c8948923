"""HTTP routes of requests for a space."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.registrations import Registration, RegistrationCreate, RegistrationDecision, RegistrationSummary
from contracts.http import Cursor, Page

from ..settings import FamilyRules
from . import commands, queries


@serves(api.ask_registration)
async def ask_registration(body: RegistrationCreate, db: Database, browser: BrowserSession, rules: FamilyRules) -> None:
    await commands.ask(db, rules, body, browser.address)


@serves(api.list_registrations)
async def list_registrations(db: Database, cursor: Cursor | None = None) -> Page[RegistrationSummary]:
    return await queries.list_registrations(db, cursor)


@serves(api.read_registration)
async def read_registration(registration_id: UUID, db: Database) -> Registration:
    return await queries.read_registration(db, registration_id)


@serves(api.decide_registration)
async def decide_registration(
    registration_id: UUID,
    body: RegistrationDecision,
    db: Database,
    actor: Actor,
    rules: FamilyRules,
    letters: commands.LetterSeal,
) -> Registration:
    return await commands.decide(db, actor, rules, letters, (registration_id, body))


ROUTES = (ask_registration, list_registrations, read_registration, decide_registration)
