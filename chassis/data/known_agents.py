"""Which agents a service knows: a replica of the town's accounts that holds ids, and whether each is open, for a service whose agents name each other."""

from typing import Final
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.replicas import Replica
from chassis.events.applying import Subscriptions
from contracts.event import Envelope
from contracts.identity.events import AccountState
from contracts.types import AccountStatus, ActorKind

AGENTS: Final = Replica("known_agents", "account_id", ("is_open",))


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to accounts."""
    subscriptions.on(AccountState, keep_agent)
    subscriptions.on_erased(AccountState, AGENTS.forget, AGENTS)


async def keep_agent(tx: Transaction, state: AccountState, envelope: Envelope) -> None:
    """Note an agent; of families nothing is kept."""
    if state.kind is ActorKind.AGENT:
        await AGENTS.keep(tx, state.account_id, envelope.sequence, state.status is not AccountStatus.DISABLED)


IS_KNOWN_SQL = "select exists (select from known_agents where account_id = $1 and is_open)"


async def is_known(tx: Transaction, account_id: UUID) -> bool:
    """Whether somebody is an agent whose account is open."""
    return bool(await tx.fetchval(IS_KNOWN_SQL, account_id))
