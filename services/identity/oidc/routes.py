"""HTTP routes of sessions that began at a provider."""

from chassis.actor import BrowserSession
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.franceconnect import SessionLeft

from ..adapters.agents_provider import AgentsProvider
from ..adapters.franceconnect import FranceConnect
from ..adapters.keys import Keys
from . import commands


@serves(api.leave)
async def leave(
    db: Database, franceconnect: FranceConnect, agents: AgentsProvider, keys: Keys, browser: BrowserSession
) -> SessionLeft:
    return await commands.leave(db, (franceconnect, agents), keys, browser.session_token)


ROUTES = [leave]
