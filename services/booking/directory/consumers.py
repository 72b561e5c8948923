"""Keeps the replicas of people: the newest state of each wins, and a tombstone erases it."""

from chassis.events.applying import Subscriptions
from contracts.family.events import ChildState, HouseholdState, ResponsibilityState
from contracts.family.school_events import SchoolingState

from .store import (
    CHILDREN,
    CUSTODY,
    HOUSEHOLDS,
    SCHOOLINGS,
    forget_child,
    forget_household,
    keep_child,
    keep_custody,
    keep_household,
    keep_schooling,
)


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to the states that say who may act for whom."""
    subscriptions.on(HouseholdState, keep_household)
    subscriptions.on_erased(HouseholdState, forget_household, HOUSEHOLDS)
    subscriptions.on(ChildState, keep_child)
    subscriptions.on_erased(ChildState, forget_child, CHILDREN)
    subscriptions.on(ResponsibilityState, keep_custody)
    subscriptions.on_erased(ResponsibilityState, CUSTODY.forget, CUSTODY)
    subscriptions.on(SchoolingState, keep_schooling)
    subscriptions.on_erased(SchoolingState, SCHOOLINGS.forget, SCHOOLINGS)
