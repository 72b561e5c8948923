"""What the notifications service says of mails: how that of each invitation went."""

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.event import Envelope
from contracts.notifications.events import MessageFailed, MessageSent

from .store import note_delivery, note_refusal


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what becomes of mails."""
    subscriptions.on(MessageSent, _delivered)
    subscriptions.on(MessageFailed, _given_up)


async def _delivered(tx: Transaction, event: MessageSent, _envelope: Envelope) -> None:
    if event.credential_id is not None:
        await note_delivery(tx, event.credential_id, event.sent_at)


async def _given_up(tx: Transaction, event: MessageFailed, _envelope: Envelope) -> None:
    if event.credential_id is not None:
        await note_refusal(tx, event.credential_id, event.failed_at, event.cause)
