"""HTTP routes of links."""

from chassis.actor import Actor, BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.franceconnect import BrowserIdentity, IdentityLink, LinkRemoval, OwnLink, WaitingIdentity

from ..adapters.keys import Keys
from ..credentials.commands import CurrentPasswords
from . import commands, queries


@serves(api.waiting_identity)
async def waiting_identity(body: BrowserIdentity, db: Database, keys: Keys) -> WaitingIdentity:
    return await queries.waiting_identity(db, keys, body)


@serves(api.own_franceconnect)
async def own_franceconnect(db: Database, actor: Actor) -> OwnLink:
    return await queries.own_link(db, actor)


@serves(api.link_franceconnect)
async def link_franceconnect(
    body: IdentityLink,
    db: Database,
    actor: Actor,
    keys: Keys,
    passwords: CurrentPasswords,
    browser: BrowserSession,
) -> OwnLink:
    return await commands.link(db, actor, keys, passwords, browser, body)


@serves(api.unlink_franceconnect)
async def unlink_franceconnect(
    body: LinkRemoval, db: Database, actor: Actor, passwords: CurrentPasswords, browser: BrowserSession
) -> OwnLink:
    return await commands.unlink(db, actor, passwords, browser, body)


ROUTES = [waiting_identity, own_franceconnect, link_franceconnect, unlink_franceconnect]
