"""HTTP routes of agents."""

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.identity import api
from contracts.identity.models import Account, AgentCreate

from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from . import commands


@serves(api.create_agent)
async def create_agent(
    body: AgentCreate, db: Database, actor: Actor, passwords: Passwords, rules: IdentityRules
) -> Account:
    return await commands.create_agent(db, actor, passwords, rules, body)
