"""Keeps the replicas: households with their people, who answers for a child, accounts, delegates, activities."""

from chassis.events.applying import Subscriptions
from contracts.booking.events import ActivityState
from contracts.family.events import DelegateState, HouseholdState, ResponsibilityState
from contracts.identity.events import AccountState

from .store import (
    ACCOUNTS,
    ACTIVITIES,
    CUSTODY,
    DELEGATES,
    HOUSEHOLDS,
    keep_account,
    keep_activity,
    keep_custody,
    keep_delegate,
    keep_household,
)


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to the states that messages are addressed and worded from."""
    subscriptions.on(HouseholdState, keep_household)
    subscriptions.on_erased(HouseholdState, HOUSEHOLDS.forget, HOUSEHOLDS)
    subscriptions.on(ResponsibilityState, keep_custody)
    subscriptions.on_erased(ResponsibilityState, CUSTODY.forget, CUSTODY)
    subscriptions.on(AccountState, keep_account)
    subscriptions.on_erased(AccountState, ACCOUNTS.forget, ACCOUNTS)
    subscriptions.on(DelegateState, keep_delegate)
    subscriptions.on_erased(DelegateState, DELEGATES.forget, DELEGATES)
    subscriptions.on(ActivityState, keep_activity)
    subscriptions.on_erased(ActivityState, ACTIVITIES.forget, ACTIVITIES)
