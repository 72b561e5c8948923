"""Where the resources of a household stand on a day, from when another quotient would count, what its adults are to hear, and what becomes of a declaration. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, Refusal
from contracts.family.document_words import DocumentReason
from contracts.family.events import Quotient
from contracts.family.resource_words import DeclarationStatus, ResourcesOccasion, ResourcesState
from contracts.types import Cents, QuotientSource

from ..quotients.domain import ONE_DAY, started

DECLARED_MAX: Final = 20
"""So many declarations of a household in `DECLARED_WITHIN`, those that it took back or that others took the place of among them."""
DECLARED_WITHIN: Final = timedelta(days=1)
ANSWERS_KEPT: Final = timedelta(days=365)
"""How long what was refused or withdrawn is kept; what was accepted stays with its quotient."""


class DeclarationsTooMany(Refusal):
    """The household declared resources `count` times within a day: correct the one that waits tomorrow, or ask at the counter."""

    status = 429


@dataclass(frozen=True, slots=True)
class Standing:
    """Where resources stand: the quotient that counts and its last day, or the last day of the one that ended."""

    state: ResourcesState
    quotient: Quotient | None
    last_on: date | None
    ended_on: date | None

    @property
    def is_top_price(self) -> bool:
        """Whether days cost the highest price for want of a quotient."""
        return self.quotient is None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a family declared, as it is sealed."""

    source: QuotientSource
    value_cents: Cents | None
    income_cents: Cents | None
    child_count: int | None
    month: str | None
    reason: DocumentReason | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration and how far it has come."""

    declaration_id: UUID
    household_id: UUID
    document_id: UUID
    status: DeclarationStatus
    claim: Claim
    declared_at: datetime
    declared_by: UUID
    decided_at: datetime | None
    decided_by: UUID | None = None


def standing(history: tuple[Quotient, ...], today: date, *, is_awaited: bool, notice_days: Sequence[int]) -> Standing:
    """Where the resources of a household stand on a day. What waits for an agent is said before all else: nothing is left for the family to do."""
    span = started(history, today)
    is_counting = span is not None and (span.last_on is None or today <= span.last_on)
    if span is None:
        state = ResourcesState.UNKNOWN
    elif not is_counting:
        state = ResourcesState.ENDED
    elif span.last_on is not None and _is_ending(history, span.last_on, today, notice_days):
        state = ResourcesState.ENDING
    else:
        state = ResourcesState.IN_FORCE
    return Standing(
        state=ResourcesState.WAITING if is_awaited else state,
        quotient=span.quotient if span and is_counting else None,
        last_on=span.last_on if span and is_counting else None,
        ended_on=span.last_on if span and not is_counting else None,
    )


def _is_ending(history: tuple[Quotient, ...], last_on: date, today: date, notice_days: Sequence[int]) -> bool:
    """Whether a quotient ends soon, and none follows it."""
    is_followed = any(known.effective_on == last_on + ONE_DAY for known in history)
    return not is_followed and last_on - today <= timedelta(days=max((0, *notice_days)))


def proposed_start(history: tuple[Quotient, ...], today: date) -> date:
    """From when another quotient would count: on from the one that ended or ends this month or the next, or from the first day of this month."""
    span = started(history, today)
    first = today.replace(day=1)
    if span and span.last_on is not None and span.last_on <= first + timedelta(days=61):
        return span.last_on + ONE_DAY
    return first


def due_notice(last_on: date, today: date, notice_days: Sequence[int], noticed: Sequence[int]) -> int | None:
    """Which word of the end of a quotient is due: the latest of those whose day has come, unless it or a later one was given. Two that are late are one."""
    come = [days for days in notice_days if last_on - timedelta(days=days) <= today]
    due = min(come, default=None)
    return due if due is not None and all(days > due for days in noticed) else None


def occasion_of(days: int) -> ResourcesOccasion:
    """What a word so many days before the end says."""
    return ResourcesOccasion.ENDING if days >= 0 else ResourcesOccasion.ENDED


def decision_fault(status: DeclarationStatus) -> Refusal | None:
    """Why a declaration is not decided: it was already, or the family took it back."""
    if status is DeclarationStatus.WAITING:
        return None
    return Invalid(FieldRefusal("/entry", "declaration_settled", (("status", status.value),)))
