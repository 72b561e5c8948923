"""Hears the last word of the accounts on files that are to be erased."""

from functools import partial

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.billing.events import AccountsJudged
from contracts.event import Envelope

from ..settings import FamilyRules
from .commands import conclude
from .domain import Accounts


def subscribe(subscriptions: Subscriptions, rules: FamilyRules) -> None:
    """Listen to the accounts; what they say of a household comes in the order of its invoices."""
    subscriptions.on(AccountsJudged, partial(_on_judged, rules))


async def _on_judged(rules: FamilyRules, tx: Transaction, event: AccountsJudged, envelope: Envelope) -> None:
    accounts = Accounts(
        event.unpaid_count,
        event.unpaid_cents,
        event.uninvoiced_count,
        event.uninvoiced_cents,
        event.credit_cents,
        event.payment_count,
    )
    await conclude(tx, rules, event.household_id, event.erasure_id, accounts)
