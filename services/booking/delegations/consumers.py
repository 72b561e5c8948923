"""Keeps the replica of delegations."""

from chassis.events.applying import Subscriptions
from contracts.family.events import DelegationState

from .store import DELEGATIONS, keep_delegation


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what parents let others do."""
    subscriptions.on(DelegationState, keep_delegation)
    subscriptions.on_erased(DelegationState, DELEGATIONS.forget, DELEGATIONS)
