"""Storage of agents: what the town says of them, beside their account, and the changes that wait for a second person."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.collation import Collation
from chassis.comparing import comparable
from chassis.data.database import Row, Transaction
from chassis.identifiers import new_id

from .domain import WAITS_FOR, AgentRecord, ChangeRecord, Outcome, Standing, described

INSERT_AGENT_SQL = """
insert into agents (account_id, first_name, last_name, service, roles, sites, has_every_site, roles_given_at,
                    roles_lapsed_at, name_key, list_key)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def insert_agent(tx: Transaction, agent: AgentRecord) -> None:
    """Note who an agent is; the account must be there."""
    await tx.execute(INSERT_AGENT_SQL, *_columns(agent, tx.collation))


NUMBER_AGENT_SQL = """
update agents set employee_number = $2
where account_id = $1 and not exists (select from agents where employee_number = $2) returning true
"""


async def number_agent(tx: Transaction, account_id: UUID, employee_number: str) -> bool:
    """Give a new agent the number by which the town's provider names them; False when another agent has it."""
    return bool(await tx.fetchval(NUMBER_AGENT_SQL, account_id, employee_number))


SAVE_AGENT_SQL = """
update agents
set first_name = $2, last_name = $3, service = $4, roles = $5, sites = $6, has_every_site = $7, roles_given_at = $8,
    roles_lapsed_at = $9, name_key = $10, list_key = $11
where account_id = $1
"""


async def save_agent(tx: Transaction, agent: AgentRecord) -> None:
    """Write what may change of an agent."""
    await tx.execute(SAVE_AGENT_SQL, *_columns(agent, tx.collation))


LOCK_AGENT_SQL = """
select account_id, first_name, last_name, service, roles, sites, has_every_site, roles_given_at, roles_lapsed_at
from agents where account_id = $1 for update
"""


async def lock_agent(tx: Transaction, account_id: UUID) -> AgentRecord | None:
    """An agent, locked until the end of the transaction; None for the account of a family."""
    row = await tx.fetchrow(LOCK_AGENT_SQL, account_id)
    return agent_of(row) if row else None


HAS_OTHER_SQL = """
select exists (
    select from agents g join accounts a using (account_id)
    where a.status = 'active' and not a.is_disabled and g.roles_lapsed_at is null and g.roles && $1::text[]
      and a.account_id <> all($2::uuid[])
)
"""


async def has_other(tx: Transaction, roles: Collection[str], without: Collection[UUID]) -> bool:
    """Whether an agent who can sign in has one of these roles, beside some."""
    return bool(await tx.fetchval(HAS_OTHER_SQL, list(roles), list(without)))


END_AWAITED_SQL = "update agent_changes set outcome = $2 where account_id = $1 and outcome is null"

INSERT_CHANGE_SQL = """
insert into agent_changes (change_id, account_id, made_from, first_name, last_name, service, roles, sites, has_every_site,
                           is_disabled, is_roles_return, asked_by, asked_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""


async def ask(tx: Transaction, actor: Actor, before: Standing, wanted: Standing) -> None:
    """Have what an agent is to be wait for a second person, in place of what waits already; the agent must be locked."""
    agent, now = wanted.agent, await tx.now()
    await tx.execute(END_AWAITED_SQL, agent.account_id, Outcome.REPLACED)
    await tx.execute(
        INSERT_CHANGE_SQL,
        new_id(),
        agent.account_id,
        before.version,
        agent.first_name,
        agent.last_name,
        agent.service,
        list(agent.roles),
        list(agent.sites),
        agent.has_every_site,
        wanted.is_disabled,
        before.agent.roles_lapsed_at is not None and agent.roles_lapsed_at is None,
        actor.account_id,
        now,
        now + WAITS_FOR,
    )


AWAITED_CHANGE_SQL = """
select change_id, account_id, made_from, first_name, last_name, service, roles, sites, has_every_site, is_disabled,
       is_roles_return, asked_by, asked_at, expires_at, outcome, decided_by
from agent_changes where account_id = $1 and outcome is null
"""


async def is_asked(tx: Transaction, actor: Actor, before: Standing, wanted: Standing) -> bool:
    """Whether the same person asked for the very same already, and it still waits."""
    row = await tx.fetchrow(AWAITED_CHANGE_SQL, wanted.agent.account_id)
    if row is None:
        return False
    change, now = change_of(row), await tx.now()
    is_same = described(change.applied_to(before, now)) == described(wanted)
    is_return = before.agent.roles_lapsed_at is not None and wanted.agent.roles_lapsed_at is None
    asked = (change.asked_by, change.made_from, change.is_roles_return)
    return is_same and asked == (actor.account_id, before.version, is_return) and now < change.expires_at


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
        roles_given_at=row["roles_given_at"],
        roles_lapsed_at=row["roles_lapsed_at"],
    )


def change_of(row: Row) -> ChangeRecord:
    """The change of an agent in a row that holds its columns."""
    wanted = AgentRecord(
        account_id=row["account_id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        service=row["service"],
        roles=tuple(row["roles"]),
        sites=tuple(row["sites"]),
        has_every_site=row["has_every_site"],
        roles_given_at=row["asked_at"],
    )
    return ChangeRecord(
        change_id=row["change_id"],
        made_from=row["made_from"],
        wanted=wanted,
        is_disabled=row["is_disabled"],
        is_roles_return=row["is_roles_return"],
        asked_by=row["asked_by"],
        expires_at=row["expires_at"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        decided_by=row["decided_by"],
    )


def _columns(agent: AgentRecord, collation: Collation) -> tuple[Any, ...]:
    return (
        agent.account_id,
        agent.first_name,
        agent.last_name,
        agent.service,
        list(agent.roles),
        list(agent.sites),
        agent.has_every_site,
        agent.roles_given_at,
        agent.roles_lapsed_at,
        comparable(f"{agent.last_name} {agent.first_name}"),
        collation.stored_key(agent.first_name, agent.last_name),
    )
