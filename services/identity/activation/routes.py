"""HTTP routes of activation links."""

from uuid import UUID

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.models import (
    Activated,
    Activation,
    ActivationLink,
    Invitation,
    PasswordReset,
    ProvisionalPassword,
)

from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from . import commands


@serves(api.check_link)
async def check_link(body: Activation, db: Database) -> ActivationLink:
    return await commands.check_link(db, body.token)


@serves(api.activate)
async def activate(body: Activation, db: Database, browser: BrowserSession) -> Activated:
    return await commands.activate(db, body.token, browser)


@serves(api.request_reset)
async def request_reset(body: PasswordReset, db: Database, browser: BrowserSession) -> None:
    await commands.request_reset(db, body.email, browser.address)


@serves(api.invite_again)
async def invite_again(account_id: UUID, db: Database, actor: Actor, rules: IdentityRules) -> Invitation:
    return await commands.invite_again(db, actor, account_id, rules.validity)


@serves(api.give_password)
async def give_password(
    account_id: UUID, db: Database, actor: Actor, rules: IdentityRules, passwords: Passwords
) -> ProvisionalPassword:
    return await commands.give_password(db, actor, passwords, account_id, rules)
