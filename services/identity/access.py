"""Who acts on accounts: whoever holds one acts on their own before there is an actor token, by a link or a session."""

from chassis.actor import Actor
from contracts.types import Channel

from .accounts.domain import AccountRecord


def holder_of(account: AccountRecord, channel: Channel) -> Actor:
    """The person whose account this is, as they act themselves."""
    return Actor(account.account_id, account.kind, account.guardian_id, channel=channel)
