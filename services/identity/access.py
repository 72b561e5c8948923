"""Who acts on accounts: whoever holds one acts on their own before there is an actor token, by a link or a session."""

from uuid import UUID

from chassis.actor import Actor
from contracts.types import Channel

from .accounts.domain import AccountRecord


def holder_of(account: AccountRecord, channel: Channel, guardian_id: UUID | None = None) -> Actor:
    """The person whose account this is, as they act themselves: the one named, or the only one that it stands for. What is done by a mailed
    link with an account of several, nobody among them is said to have done."""
    return Actor(account.account_id, account.kind, guardian_id or account.guardian_id, channel=channel)
