"""Households, custody, activities and quotients as their owners publish them.

Days whose payer or price they change are decided again by the job `price_charges`.
"""

from chassis.events.applying import Subscriptions
from contracts.booking.events import ActivityState
from contracts.family.events import HouseholdState, QuotientState, ResponsibilityState

from .store import (
    ACTIVITIES,
    CUSTODY,
    HOUSEHOLDS,
    QUOTIENT_FILES,
    erase_household,
    keep_activity,
    keep_custody,
    keep_household,
    keep_quotients,
)


def subscribe(subscriptions: Subscriptions) -> None:
    subscriptions.on(HouseholdState, keep_household)
    subscriptions.on_erased(HouseholdState, erase_household, HOUSEHOLDS)
    subscriptions.on(ResponsibilityState, keep_custody)
    subscriptions.on_erased(ResponsibilityState, CUSTODY.forget, CUSTODY)
    subscriptions.on(ActivityState, keep_activity)
    subscriptions.on_erased(ActivityState, ACTIVITIES.forget, ACTIVITIES)
    subscriptions.on(QuotientState, keep_quotients)
    subscriptions.on_erased(QuotientState, QUOTIENT_FILES.forget, QUOTIENT_FILES)
