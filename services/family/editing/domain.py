"""Who has a form (a lease): whoever came first, until some minutes after their last press, or until somebody else takes it over. Pure.

The lease is a courtesy, so that nobody types for nothing. What is saved is judged by the version that was read.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

LEASE: Final = timedelta(minutes=10)
"""For how long somebody has a form after their last press."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a form, since when, and until when: an agent's account, or an adult of a household."""

    holder_id: UUID
    begun_at: datetime
    ends_at: datetime


def lease_for(holder_id: UUID, now: datetime) -> Lease:
    """The lease of somebody from now on."""
    return Lease(holder_id, now, now + LEASE)


def lease_after(known: Lease, holder_id: UUID, now: datetime, *, is_taking_over: bool) -> Lease:
    """Who has a form once somebody asked for it: they, unless another one has it still and is not asked to make way."""
    is_going_on = known.ends_at > now
    if known.holder_id == holder_id and is_going_on:
        return replace(known, ends_at=now + LEASE)
    return lease_for(holder_id, now) if is_taking_over or not is_going_on else known
