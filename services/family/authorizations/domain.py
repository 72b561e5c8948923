"""What counts of what parents say, and what may be carried over to the next school year. Pure.

Each parent is presumed to agree with the other in usual acts (Code civil, 372-2), as long as the town knows of no disagreement: a refusal of either
counts. A picture of the child is no usual act: all who exercise authority have to say yes. Whoever does not exercise it any more counts no more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid
from contracts.family.child_events import AuthorizationKind, Consent, Outcome
from contracts.types import Authority, ResponsibilityRole

from ..custody.domain import Custody
from ..schools.domain import SCHOOL_YEAR_MONTH, school_year_of

AHEAD_FROM_MONTH: Final = 6
"""From June on families answer for the school year that follows."""
OF_ALL: Final = frozenset({AuthorizationKind.IMAGE})
"""What everybody who exercises authority has to say yes to."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one parent said of one thing."""

    consent: Consent
    answered_at: datetime
    leaves_from: time | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """All that one parent said for a school year."""

    by_kind: Mapping[AuthorizationKind, Answered] = field(default_factory=dict)

    def of(self, kind: AuthorizationKind) -> Answered | None:
        return self.by_kind.get(kind)


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts of one thing, with those whose answer it still needs."""

    outcome: Outcome
    leaves_from: time | None = None
    missing: tuple[UUID, ...] = ()


def check_year(school_year: int, today: date) -> Invalid | None:
    """What stands against saying something for a school year: it is over, or too far ahead."""
    current = school_year_of(today)
    is_near = AHEAD_FROM_MONTH <= today.month < SCHOOL_YEAR_MONTH
    last = current + 1 if is_near else current
    if current <= school_year <= last:
        return None
    return Invalid(FieldRefusal("/school_year", "school_year_closed", (("first", current), ("last", last))))


def holders(custody: Custody, day: date) -> frozenset[UUID]:
    """The guardians who exercise authority on a day: who has it alone, or else all who have it together."""
    grants = {
        tie.adult_id: item.value.authority
        for tie, item in custody.in_order()
        if tie.role is ResponsibilityRole.GUARDIAN and day in item.during
    }
    alone = {adult_id for adult_id, authority in grants.items() if authority is Authority.SOLE}
    return frozenset(alone or {adult_id for adult_id, authority in grants.items() if authority is Authority.JOINT})


def counting(kind: AuthorizationKind, answers: Mapping[UUID, Answers], holding: Collection[UUID]) -> Counting:
    """What counts of one thing, of all that those who exercise authority said."""
    counted = {adult_id: answer for adult_id in holding if (answer := answers.get(adult_id, Answers()).of(kind))}
    if any(answer.consent is Consent.REFUSED for answer in counted.values()):
        return Counting(Outcome.REFUSED)
    if not counted:
        return Counting(Outcome.UNANSWERED)
    missing = tuple(sorted(set(holding) - counted.keys()))
    if kind in OF_ALL and missing:
        return Counting(Outcome.AWAITED, missing=missing)
    # Of two hours the later one: neither parent let the child go before theirs.
    hours = [answer.leaves_from for answer in counted.values() if answer.leaves_from is not None]
    return Counting(Outcome.GIVEN, max(hours, default=None))


def answered(
    known: Answers, wanted: Mapping[AuthorizationKind, Consent | None], leaves_from: time | None, at: datetime
) -> Answers | Invalid:
    """What a parent says instead of what they said; what stays as it was keeps its instant."""
    leaves = wanted.get(AuthorizationKind.LEAVING_ALONE) is Consent.GIVEN
    if leaves and leaves_from is None:
        return Invalid(FieldRefusal("/leaves_from", "hour_missing"))
    kept = {}
    for kind in AuthorizationKind:
        if (consent := wanted.get(kind)) is None:
            continue
        hour = leaves_from if kind is AuthorizationKind.LEAVING_ALONE and leaves else None
        before = known.of(kind)
        is_same = before is not None and (before.consent, before.leaves_from) == (consent, hour)
        kept[kind] = before if is_same and before is not None else Answered(consent, at, hour)
    return Answers(kept)


def carried_over(former: Answers, present: Answers, at: datetime | None = None) -> Answers:
    """What a parent said the year before, where they say nothing yet; as said at an instant, if one is given."""
    taken = {kind: replace(answer, answered_at=at or answer.answered_at) for kind, answer in former.by_kind.items()}
    return Answers({kind: answer for kind in AuthorizationKind if (answer := present.of(kind) or taken.get(kind))})


def changed_kinds(before: Answers, after: Answers) -> list[str]:
    """Of what something else is said, in one order."""
    return [kind.value for kind in AuthorizationKind if before.of(kind) != after.of(kind)]
