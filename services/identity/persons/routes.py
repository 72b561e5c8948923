"""HTTP routes of the adults whom one account stands for."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.http import Page
from contracts.identity import api
from contracts.identity.models import Session
from contracts.identity.persons import OwnPerson, PersonChoice

from ..adapters.keys import Keys
from ..sessions.queries import session_of, signed_in
from ..settings import IdentityRules
from . import commands, queries


@serves(api.own_persons)
async def own_persons(db: Database, rules: IdentityRules, browser: BrowserSession) -> Page[OwnPerson]:
    return await queries.own_persons(db, await signed_in(db, browser.session_token, rules))


@serves(api.choose_person)
async def choose_person(
    body: PersonChoice, db: Database, keys: Keys, rules: IdentityRules, browser: BrowserSession
) -> Session:
    return session_of(await commands.choose_person(db, rules, browser, body.guardian_id), keys, rules)


ROUTES = [own_persons, choose_person]
