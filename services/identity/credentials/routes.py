"""HTTP routes of personal credentials."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.models import CredentialPolicy, CredentialsChoice, SessionOpened

from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from . import commands, queries


@serves(api.credential_policy)
async def credential_policy(rules: IdentityRules) -> CredentialPolicy:
    return queries.credential_policy(rules.credentials)


@serves(api.choose_credentials)
async def choose_credentials(
    body: CredentialsChoice, db: Database, passwords: Passwords, rules: IdentityRules, browser: BrowserSession
) -> SessionOpened:
    return await commands.choose_credentials(db, passwords, rules, browser, body)
