"""HTTP routes of the session that asks, and of those that accounts have open."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.http import Page
from contracts.identity import api
from contracts.identity.models import CurrentSession, Session
from contracts.identity.sessions import OwnSession, SessionsEnd

from ..adapters.keys import Keys
from ..settings import IdentityRules
from . import commands, queries


@serves(api.current_session)
async def current_session(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> CurrentSession:
    return queries.current_session(await queries.any_session(db, browser.session_token, rules), keys, rules)


@serves(api.read_session)
async def read_session(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> Session:
    return queries.session_of(await queries.any_session(db, browser.session_token, rules), keys, rules)


@serves(api.own_sessions)
async def own_sessions(db: Database, rules: IdentityRules, browser: BrowserSession) -> Page[OwnSession]:
    return await queries.own_sessions(db, await queries.signed_in(db, browser.session_token, rules))


@serves(api.end_session_of)
async def end_session_of(session_id: UUID, db: Database, rules: IdentityRules, browser: BrowserSession) -> None:
    await commands.end_session_of(db, rules, browser, session_id)


@serves(api.end_other_sessions)
async def end_other_sessions(db: Database, rules: IdentityRules, browser: BrowserSession) -> None:
    await commands.end_other_sessions(db, rules, browser)


@serves(api.end_account_sessions)
async def end_account_sessions(account_id: UUID, body: SessionsEnd, db: Database, actor: Actor) -> None:
    await commands.end_account_sessions(db, actor, account_id, body)


ROUTES = [current_session, read_session, own_sessions, end_session_of, end_other_sessions, end_account_sessions]
