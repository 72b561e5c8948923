"""Keeps what must be known of children in care, sealed as it arrives."""

from chassis.events.applying import Subscriptions
from contracts.family.events import CareState

from .store import RECORDS, keep_record


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what must be known of children in care."""
    subscriptions.on(CareState, keep_record)
    subscriptions.on_erased(CareState, RECORDS.forget, RECORDS)
