"""HTTP routes of signing in and out."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.models import SessionOpened, SignIn

from . import commands
from .commands import SignIns


@serves(api.sign_in)
async def sign_in(body: SignIn, db: Database, sign_ins: SignIns, browser: BrowserSession) -> SessionOpened:
    return await sign_ins.sign_in(db, body, browser)


@serves(api.sign_out)
async def sign_out(db: Database, browser: BrowserSession) -> None:
    await commands.sign_out(db, browser.session_token)


ROUTES = [sign_in, sign_out]
