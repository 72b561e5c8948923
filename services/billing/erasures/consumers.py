"""Hears which households are to be erased."""

from chassis.events.applying import Subscriptions
from contracts.family.erasure_events import ErasureAsked

from .commands import judge


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to files that are to be erased; each gets the last word of the accounts."""
    subscriptions.on(ErasureAsked, judge)
