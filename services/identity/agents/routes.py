"""Routes of agents."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.identity.api import Account, AgentCreate

from ..adapters.passwords import Passwords
from ..settings import IdentityRules
from . import commands


@post("/agents", status_code=201, operation_id="create_agent", tags=["agents"])
async def create_agent(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    passwords: NamedDependency[Passwords],
    rules: NamedDependency[IdentityRules],
    data: JSONBody[AgentCreate],
) -> Account:
    """Create the account of a municipal agent."""
    return await commands.create_agent(db, actor, passwords, rules, data)
