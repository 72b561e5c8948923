"""Keeps the replicas: households with their people, accounts, activities."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.events.applying import Replica, Subscriptions
from contracts.booking.events import ActivityState
from contracts.event import Envelope
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountState

from . import store


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to the states that messages are addressed and worded from."""
    subscriptions.on(HouseholdState, _keep_household)
    subscriptions.on_erased(HouseholdState, _erase_household, Replica("households", "household_id"))
    subscriptions.on(AccountState, _keep_account)
    subscriptions.on_erased(AccountState, _erase_account, Replica("accounts", "account_id"))
    subscriptions.on(ActivityState, _keep_activity)
    subscriptions.on_erased(ActivityState, _erase_activity, Replica("activities", "activity_id"))


async def _keep_household(tx: Transaction, state: HouseholdState, envelope: Envelope) -> None:
    await store.keep_household(tx, state, envelope.sequence)


async def _erase_household(tx: Transaction, key: str) -> None:
    await store.erase_household(tx, UUID(key))


async def _keep_account(tx: Transaction, state: AccountState, envelope: Envelope) -> None:
    await store.keep_account(tx, state, envelope.sequence)


async def _erase_account(tx: Transaction, key: str) -> None:
    await store.erase_account(tx, UUID(key))


async def _keep_activity(tx: Transaction, state: ActivityState, envelope: Envelope) -> None:
    await store.keep_activity(tx, state, envelope.sequence)


async def _erase_activity(tx: Transaction, key: str) -> None:
    await store.erase_activity(tx, UUID(key))
