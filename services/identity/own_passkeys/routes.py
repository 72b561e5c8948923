"""HTTP routes of one's own passkeys."""

from uuid import UUID

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.http import Page
from contracts.identity import passkeys_api
from contracts.identity.passkeys import Passkey, PasskeyAddition, PasskeyOptions, PasskeyRegistration, PasskeyRemoval

from ..adapters.keys import Keys
from ..credentials.commands import CurrentPasswords
from ..sessions.queries import signed_in
from ..settings import IdentityRules
from . import commands, queries


@serves(passkeys_api.own_passkeys)
async def own_passkeys(db: Database, rules: IdentityRules, browser: BrowserSession) -> Page[Passkey]:
    return await queries.own_passkeys(db, await signed_in(db, browser.session_token, rules))


@serves(passkeys_api.start_passkey)
async def start_passkey(
    body: PasskeyRegistration,
    db: Database,
    keys: Keys,
    passwords: CurrentPasswords,
    rules: IdentityRules,
    browser: BrowserSession,
) -> PasskeyOptions:
    return await commands.start(db, keys, passwords, rules, browser, body)


@serves(passkeys_api.started_passkey)
async def started_passkey(db: Database, rules: IdentityRules, browser: BrowserSession) -> PasskeyOptions:
    return await queries.started(db, await signed_in(db, browser.session_token, rules), rules)


@serves(passkeys_api.add_passkey)
async def add_passkey(body: PasskeyAddition, db: Database, rules: IdentityRules, browser: BrowserSession) -> Passkey:
    return await commands.add(db, rules, browser, body)


@serves(passkeys_api.remove_passkey)
async def remove_passkey(
    passkey_id: UUID,
    body: PasskeyRemoval,
    db: Database,
    passwords: CurrentPasswords,
    rules: IdentityRules,
    browser: BrowserSession,
) -> None:
    await commands.remove(db, passwords, rules, browser, passkey_id, body.current_password)


ROUTES = [own_passkeys, start_passkey, started_passkey, add_passkey, remove_passkey]
