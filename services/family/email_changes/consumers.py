"""Ends the changes of address that wait, once their account was secured: whoever it was secured against may have asked for them."""

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.event import Envelope
from contracts.identity.events import CredentialsChosen, SecurityChange, SecurityChanged, SessionsClosed

from .store import end_changes_of_account

SECURING = frozenset({SecurityChange.PASSWORD_CHANGED, SecurityChange.SESSIONS_ENDED})
"""What somebody does against whoever else is in: the other changes are of ways in, and leave sessions open."""


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to new passwords and to sessions that were ended. What was asked for later is the holder's own, and goes on."""
    subscriptions.on(CredentialsChosen, _on_chosen)
    subscriptions.on(SecurityChanged, _on_changed)
    subscriptions.on(SessionsClosed, _on_closed)


async def _on_chosen(tx: Transaction, event: CredentialsChosen, envelope: Envelope) -> None:
    await end_changes_of_account(tx, event.account_id, event.chosen_at)


async def _on_changed(tx: Transaction, event: SecurityChanged, envelope: Envelope) -> None:
    if event.change in SECURING:
        await end_changes_of_account(tx, event.account_id, event.changed_at)


async def _on_closed(tx: Transaction, event: SessionsClosed, envelope: Envelope) -> None:
    await end_changes_of_account(tx, event.account_id, event.closed_at)
