"""Keeps the replicas: households with their people, accounts, activities."""

from chassis.events.applying import Subscriptions
from contracts.booking.events import ActivityState
from contracts.family.events import HouseholdState
from contracts.identity.events import AccountState

from .store import ACCOUNTS, ACTIVITIES, HOUSEHOLDS, keep_account, keep_activity, keep_household


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to the states that messages are addressed and worded from."""
    subscriptions.on(HouseholdState, keep_household)
    subscriptions.on_erased(HouseholdState, HOUSEHOLDS.forget, HOUSEHOLDS)
    subscriptions.on(AccountState, keep_account)
    subscriptions.on_erased(AccountState, ACCOUNTS.forget, ACCOUNTS)
    subscriptions.on(ActivityState, keep_activity)
    subscriptions.on_erased(ActivityState, ACTIVITIES.forget, ACTIVITIES)
