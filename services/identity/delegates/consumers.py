"""What families' delegations change about accounts: whoever holds the first one is invited, and whoever held the last one long ago goes.

An adult whom a file invites has a family's account already, under the same id, which this leaves alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.history import forget_changes
from chassis.events.applying import Subscriptions
from contracts.event import Envelope
from contracts.family.events import DelegateState
from contracts.identity.events import AccountState
from contracts.types import ActorKind

from ..accounts.consumers import open_account
from ..accounts.store import lock_account
from ..persons.domain import Invitee
from ..persons.store import erase_persons, links_of
from .store import DELEGATES, delegates_account


@dataclass(frozen=True, slots=True)
class DelegateConsumer:
    """Applies the states of delegates."""

    invitation_validity: timedelta

    async def apply(self, tx: Transaction, delegate: DelegateState, envelope: Envelope) -> None:
        """Open an account for a delegate who has none, and invite them."""
        if not await DELEGATES.keep(tx, delegate.delegate_id, envelope.sequence) or delegate.email is None:
            return
        if await links_of(tx, [delegate.delegate_id]):
            return
        names = (delegate.first_name, delegate.last_name)
        invitee = Invitee(delegate.delegate_id, delegate.email, *names, phone=None, revision=0)
        account = await open_account(tx, invitee, ActorKind.DELEGATE, self.invitation_validity)
        tx.emit(account.state())

    async def erase(self, tx: Transaction, delegate_id: str) -> None:
        """Erase the account of a delegate, with its sessions, invitations and acceptances; a family's account stays."""
        account_id = await delegates_account(tx, UUID(delegate_id))
        if account_id is None or await lock_account(tx, account_id) is None:
            return
        erased = await erase_persons(tx, [UUID(delegate_id)])
        for account_id in erased:
            tx.erase(AccountState, str(account_id))
        await forget_changes(tx, erased)


def subscribe(subscriptions: Subscriptions, invitation_validity: timedelta) -> None:
    """Listen to who helps families."""
    consumer = DelegateConsumer(invitation_validity)
    subscriptions.on(DelegateState, consumer.apply)
    subscriptions.on_erased(DelegateState, consumer.erase)
