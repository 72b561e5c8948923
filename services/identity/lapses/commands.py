"""The job that takes away roles that nobody used for too long, and ends changes that no second person decided in time."""

from dataclasses import asdict, dataclass, replace
from uuid import UUID

import structlog

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from contracts.types import ActorKind, Channel

from ..accounts.store import end_portal_sessions, lock_account
from ..agents.store import has_other, lock_agent, save_agent
from ..second_person.store import take_expired
from ..settings import IdentityRules
from .store import find_unused

PER_RUN_MAX = 1000
TOWN = Actor(UUID(int=0), ActorKind.SYSTEM, channel=Channel.JOB)
"""Who takes rights away by rule: it is noted like the acts of persons, for the history says who may do what since when."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lapsing:
    """The job. Each agent is a transaction, and looked at again under the lock."""

    rules: IdentityRules

    async def run(self, db: Database) -> None:
        """End what is due by the town's clock. Whoever alone manages the accounts keeps their roles: a town shuts nobody out by its own rule."""
        since = await db.now() - self.rules.lapse_after
        for account_id in await find_unused(db, since, self.rules.managing_roles, PER_RUN_MAX):
            await lapse(db, self.rules, account_id)
        for _ in range(PER_RUN_MAX):
            if not await expire_next(db):
                return


@command
async def lapse(tx: Transaction, rules: IdentityRules, account_id: UUID) -> None:
    """Take away an agent's roles, unless they were used meanwhile or nobody else manages the accounts."""
    account, agent = await lock_account(tx, account_id), await lock_agent(tx, account_id)
    if account is None or agent is None or account.is_disabled:
        return
    now = await tx.now()
    lapses_at = agent.lapses_at(account.last_sign_in_at, rules.lapse_after)
    if lapses_at is None or now < lapses_at:
        return
    if rules.managing_roles & set(agent.roles) and not await has_other(tx, rules.managing_roles, (account_id,)):
        log.warning("unused roles are kept: nobody else manages accounts", account_id=str(account_id))
        return
    tx.note(Act(TOWN, "agent_roles_lapsed", account_id, before=asdict(agent)))
    lapsed = replace(agent, roles_lapsed_at=now)
    await save_agent(tx, lapsed)
    if not rules.is_password_open(lapsed):
        await end_portal_sessions(tx, account_id)
    tx.report("roles lapsed", account_id=str(account_id))


@command
async def expire_next(tx: Transaction) -> bool:
    """End the oldest change that nobody decided in time; False when there is none."""
    row = await take_expired(tx, await tx.now())
    if row is None:
        return False
    wanted = {"roles": row["roles"], "asked_by": row["asked_by"]}
    tx.note(Act(TOWN, "agent_change_expired", row["account_id"], after=wanted))
    return True
