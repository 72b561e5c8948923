"""HTTP routes of signing in with a passkey."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import passkeys_api
from contracts.identity.models import SessionOpened
from contracts.identity.passkeys import PasskeyOptions, PasskeySignIn, PasskeySignInStart

from ..settings import IdentityRules
from ..sign_in.commands import SignIns
from . import commands


@serves(passkeys_api.start_passkey_sign_in)
async def start_passkey_sign_in(
    body: PasskeySignInStart, db: Database, rules: IdentityRules, browser: BrowserSession
) -> PasskeyOptions:
    return await commands.start_sign_in(db, rules, body.browser_token, browser.address)


@serves(passkeys_api.sign_in_with_passkey)
async def sign_in_with_passkey(
    body: PasskeySignIn, db: Database, sign_ins: SignIns, browser: BrowserSession
) -> SessionOpened:
    return await commands.sign_in(db, sign_ins, body, browser)


ROUTES = [start_passkey_sign_in, sign_in_with_passkey]
