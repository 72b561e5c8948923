"""Storage of what becomes of the changes of agents that wait for a second person."""

from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Row, Transaction

from ..agents.domain import ChangeRecord, Outcome
from ..agents.store import change_of

CHANGED_ACCOUNT_SQL = "select account_id from agent_changes where change_id = $1"


async def find_account(tx: Transaction, change_id: UUID) -> UUID | None:
    """Whose change this is."""
    account_id: UUID | None = await tx.fetchval(CHANGED_ACCOUNT_SQL, change_id)
    return account_id


CHANGE_SQL = """
select change_id, account_id, made_from, first_name, last_name, service, roles, sites, has_every_site, is_disabled,
       is_roles_return, asked_by, asked_at, expires_at, outcome, decided_by
from agent_changes where change_id = $1 for update
"""


async def load_change(tx: Transaction, change_id: UUID) -> ChangeRecord | None:
    """A change, locked after its agent: time ends changes too, without the agent."""
    row = await tx.fetchrow(CHANGE_SQL, change_id)
    return change_of(row) if row else None


DECIDE_CHANGE_SQL = "update agent_changes set outcome = $2, decided_by = $3, decided_at = $4 where change_id = $1"


async def decide_change(tx: Transaction, change_id: UUID, outcome: Outcome, actor: Actor) -> None:
    """Note what the second person decided."""
    await tx.execute(DECIDE_CHANGE_SQL, change_id, outcome, actor.account_id, await tx.now())


TAKE_EXPIRED_SQL = """
update agent_changes set outcome = $2 where change_id = (
    select change_id from agent_changes where outcome is null and expires_at <= $1
    order by expires_at limit 1 for update skip locked
) returning account_id, roles, asked_by
"""


async def take_expired(tx: Transaction, now: datetime) -> Row | None:
    """The agent, the roles and the asker of the oldest change that nobody decided in time, which ends with this; None when there is none."""
    return await tx.fetchrow(TAKE_EXPIRED_SQL, now, Outcome.EXPIRED)
