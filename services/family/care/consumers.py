"""Keeps with which key the booking service reads what it needs to know of a child in care."""

from chassis.events.applying import Subscriptions
from contracts.booking.events import CareKeyState

from .store import READERS, forget_reader, keep_reader


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to who has children in care."""
    subscriptions.on(CareKeyState, keep_reader)
    subscriptions.on_erased(CareKeyState, forget_reader, READERS)
