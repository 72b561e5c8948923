"""Invariants of places and money: I1, I3, I4, I8 and I14."""

from ..invariants.comparisons import BOOKINGS
from ..invariants.nightly import violations
from ..invariants.payments import disagreements, paid_here
from .evidence import Evidence


async def no_oversell(evidence: Evidence) -> list[str]:
    """I1: live bookings of a pool fit its capacity, its counter is their number, and no child is in two places at a time."""
    return await violations(evidence.databases["booking"], "booking", "I1")


async def one_live_charge(evidence: Evidence) -> list[str]:
    """I3: every booking, and every child who came unbooked, is charged once, in parts that make one whole, in the state of its day; what was cancelled nets to zero."""
    return await BOOKINGS.differences(evidence.databases)


async def ledger_balances(evidence: Evidence) -> list[str]:
    """I4: ledger transactions sum to zero, invoices are the sum of their lines, balances the sum of their postings."""
    return await violations(evidence.databases["billing"], "billing", "I4")


async def payments_agree(evidence: Evidence) -> list[str]:
    """I8: no payment is lost or doubled: the provider's journal, the payments, the ledger and the invoices agree."""
    billing = evidence.databases["billing"]
    journal = {
        operation["id_op"]: int(operation["montant"])
        for operation in evidence.operations
        if operation["result"] in ("P", "V")
    }
    return disagreements(journal, await paid_here(billing)) + await violations(billing, "billing", "I8")


async def numbers_are_continuous(evidence: Evidence) -> list[str]:
    """I14: numbers of invoices and receipts are unique and without a gap."""
    return await violations(evidence.databases["billing"], "billing", "I14")
