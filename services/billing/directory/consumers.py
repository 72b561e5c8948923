"""Households, activities and quotients as their owners publish them.

Days whose price an activity or a quotient changes are priced again by the job `price_charges`.
"""

from chassis.events.applying import Subscriptions
from contracts.booking.events import ActivityState
from contracts.family.events import HouseholdState, QuotientState

from .store import (
    ACTIVITIES,
    HOUSEHOLDS,
    QUOTIENT_FILES,
    erase_household,
    keep_activity,
    keep_household,
    keep_quotients,
)


def subscribe(subscriptions: Subscriptions) -> None:
    subscriptions.on(HouseholdState, keep_household)
    subscriptions.on_erased(HouseholdState, erase_household, HOUSEHOLDS)
    subscriptions.on(ActivityState, keep_activity)
    subscriptions.on_erased(ActivityState, ACTIVITIES.forget, ACTIVITIES)
    subscriptions.on(QuotientState, keep_quotients)
    subscriptions.on_erased(QuotientState, QUOTIENT_FILES.forget, QUOTIENT_FILES)
