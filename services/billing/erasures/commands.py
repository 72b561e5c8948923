"""The last word of the accounts before a household is erased, and names of invoices that the law lets go."""

from chassis.data.database import Database, Transaction
from chassis.housekeeping import remove_in_batches
from contracts.billing.events import AccountsJudged
from contracts.event import Envelope
from contracts.family.erasure_events import ErasureAsked

from ..settings import BillingRules
from . import store


async def judge(tx: Transaction, asked: ErasureAsked, envelope: Envelope) -> None:
    """Say what is open of a household, in the order of its invoices: whatever was issued before is told before."""
    row = await store.open_accounts(tx, asked.household_ids)
    tx.emit(
        AccountsJudged(
            erasure_id=asked.erasure_id,
            household_id=asked.household_id,
            judged_at=await tx.now(),
            **dict(row or {}),
        )
    )


async def forget_names(db: Database, rules: BillingRules) -> None:
    """Take the names off the invoices of erased households once they need not be kept as evidence any more."""
    today = rules.today(await db.now())
    await remove_in_batches(db, store.FORGET_NAMES_SQL, store.kept_since(today, rules.policy.invoice_years))
