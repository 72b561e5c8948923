"""Storage of agents: what the town says of them, beside their account."""

from typing import Any
from uuid import UUID

from chassis.data.database import Row, Transaction

from .domain import AgentRecord

INSERT_AGENT_SQL = """
insert into agents (account_id, first_name, last_name, service, roles, sites, has_every_site)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def insert_agent(tx: Transaction, agent: AgentRecord) -> None:
    """Note who an agent is; the account must be there."""
    await tx.execute(INSERT_AGENT_SQL, *_columns(agent))


SAVE_AGENT_SQL = """
update agents set first_name = $2, last_name = $3, service = $4, roles = $5, sites = $6, has_every_site = $7
where account_id = $1
"""


async def save_agent(tx: Transaction, agent: AgentRecord) -> None:
    """Write what may change of an agent."""
    await tx.execute(SAVE_AGENT_SQL, *_columns(agent))


LOCK_AGENT_SQL = """
select account_id, first_name, last_name, service, roles, sites, has_every_site
from agents where account_id = $1 for update
"""


async def lock_agent(tx: Transaction, account_id: UUID) -> AgentRecord | None:
    """An agent, locked until the end of the transaction; None for the account of a family."""
    row = await tx.fetchrow(LOCK_AGENT_SQL, account_id)
    return agent_of(row) if row else None


def agent_of(row: Row) -> AgentRecord:
    """The agent in a row that holds their columns."""
    return AgentRecord(
        account_id=row["account_id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        service=row["service"],
        roles=tuple(row["roles"]),
        sites=tuple(row["sites"]),
        has_every_site=row["has_every_site"],
    )


def _columns(agent: AgentRecord) -> tuple[Any, ...]:
    return (
        agent.account_id,
        agent.first_name,
        agent.last_name,
        agent.service,
        list(agent.roles),
        list(agent.sites),
        agent.has_every_site,
    )
