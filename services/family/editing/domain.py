"""Who has a form (a lease): whoever came first, until some minutes after their last press, or until another agent takes it over. Pure.

The lease is a courtesy, so that nobody types for nothing. What is saved is judged by the version that was read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

LEASE: Final = timedelta(minutes=10)
"""For how long somebody has a form after their last press."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a form, and until when."""

    account_id: UUID
    ends_at: datetime


def lease_for(account_id: UUID, now: datetime) -> Lease:
    """The lease of somebody from now on."""
    return Lease(account_id, now + LEASE)


def lease_after(known: Lease, account_id: UUID, now: datetime, *, is_taking_over: bool) -> Lease:
    """Who has a form once somebody asked for it: they, unless another agent has it still and is not asked to make way."""
    if known.account_id != account_id and known.ends_at > now and not is_taking_over:
        return known
    return lease_for(account_id, now)
