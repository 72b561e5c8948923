"""Households, activities and quotients as their owners publish them."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.events.applying import Replica, Subscriptions
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState, QuotientState

from . import store


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what this area keeps."""
    subscriptions.on(HouseholdState, household_changed)
    subscriptions.on_erased(HouseholdState, household_erased, Replica("households", "household_id"))
    subscriptions.on(ActivityState, activity_changed)
    subscriptions.on_erased(ActivityState, activity_erased, Replica("activities", "activity_id"))
    subscriptions.on(QuotientState, quotients_changed)
    subscriptions.on_erased(QuotientState, quotients_erased, Replica("quotient_files", "household_id"))


async def household_changed(tx: Transaction, event: HouseholdState, envelope: Envelope) -> None:
    """Keep the newest state."""
    await store.keep_household(tx, event, envelope.sequence)


async def household_erased(tx: Transaction, key: str) -> None:
    """Forget the household."""
    await store.erase_household(tx, UUID(key))


async def activity_changed(tx: Transaction, event: ActivityState, envelope: Envelope) -> None:
    """Keep the newest state; days that waited for it to be priced are found by the `price_charges` job."""
    await store.keep_activity(tx, event, envelope.sequence)


async def activity_erased(tx: Transaction, key: str) -> None:
    """Forget the activity."""
    await store.erase_activity(tx, UUID(key))


async def quotients_changed(tx: Transaction, event: QuotientState, envelope: Envelope) -> None:
    """Keep the newest state; days that are on no invoice yet are priced again by the `price_charges` job."""
    await store.keep_quotients(tx, event, envelope.sequence)


async def quotients_erased(tx: Transaction, key: str) -> None:
    """Forget the quotients; what they priced stays."""
    await store.erase_quotients(tx, UUID(key))
