"""HTTP routes of the way to FranceConnect and back."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.federation import AuthorizationRequest, AuthorizationReturn, AuthorizationStarted
from contracts.identity.franceconnect import AuthorizationOutcome

from ..adapters.franceconnect import FranceConnect
from ..adapters.keys import Keys
from ..oidc.commands import begin
from ..settings import IdentityRules
from . import commands


@serves(api.start_franceconnect)
async def start_franceconnect(
    body: AuthorizationRequest, db: Database, provider: FranceConnect, keys: Keys, browser: BrowserSession
) -> AuthorizationStarted:
    return await begin(db, provider, keys, body, browser.address)


@serves(api.finish_franceconnect)
async def finish_franceconnect(
    body: AuthorizationReturn,
    db: Database,
    provider: FranceConnect,
    keys: Keys,
    rules: IdentityRules,
    browser: BrowserSession,
) -> AuthorizationOutcome:
    return await commands.finish(db, provider, keys, rules, browser, body)


ROUTES = [start_franceconnect, finish_franceconnect]
