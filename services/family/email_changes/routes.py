"""HTTP routes of changes of address."""

from joserfc.jwk import OKPKey

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.family import api
from contracts.family.email_changes import (
    ConfirmedEmail,
    EmailChangeRequest,
    EmailLink,
    OwnEmailChange,
    PendingEmail,
)

from ..settings import FamilyRules
from . import commands, queries


@serves(api.own_email_change)
async def own_email_change(db: Database, actor: Actor, rules: FamilyRules) -> OwnEmailChange:
    return await queries.own_email_change(db, actor, rules)


@serves(api.ask_email_change)
async def ask_email_change(
    body: EmailChangeRequest, db: Database, actor: Actor, rules: FamilyRules, seal: OKPKey
) -> OwnEmailChange:
    return await commands.ask(db, actor, rules, seal, body.email)


@serves(api.withdraw_email_change)
async def withdraw_email_change(db: Database, actor: Actor) -> OwnEmailChange:
    return await commands.withdraw(db, actor)


@serves(api.check_email_link)
async def check_email_link(body: EmailLink, db: Database) -> PendingEmail:
    return await queries.check_link(db, body.token)


@serves(api.confirm_email)
async def confirm_email(body: EmailLink, db: Database, browser: BrowserSession) -> ConfirmedEmail:
    return await commands.confirm(db, browser.channel, body.token)


ROUTES = (own_email_change, ask_email_change, withdraw_email_change, check_email_link, confirm_email)
