"""HTTP routes of sessions."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.models import CurrentSession, Session, SessionOpened, SignIn

from ..adapters.keys import Keys
from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from . import commands, queries


@serves(api.sign_in)
async def sign_in(
    body: SignIn, db: Database, passwords: Passwords, rules: IdentityRules, browser: BrowserSession
) -> SessionOpened:
    return await commands.sign_in(db, passwords, rules, body, browser.address)


@serves(api.current_session)
async def current_session(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> CurrentSession:
    return queries.current_session(await queries.signed_in(db, browser.session_token, rules), keys, rules)


@serves(api.read_session)
async def read_session(db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession) -> Session:
    session = queries.current_session(await queries.signed_in(db, browser.session_token, rules), keys, rules)
    return Session.model_validate({name: getattr(session, name) for name in Session.model_fields})


@serves(api.sign_out)
async def sign_out(db: Database, browser: BrowserSession) -> None:
    await commands.sign_out(db, browser.session_token)
