"""Who answers for a child and where the child lives, as timelines: what is entered cuts what stood there. Pure.

Nothing is guessed: authority is joint unless a decision says otherwise, and a child with two homes lives at neither until a pattern
says so. Source: Code civil, 372 and 373-2-1 (authority), 373-2-9 (residence), 414 (majority).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from chassis.days import ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid
from chassis.timeline import Slice, Timeline
from contracts.family.events import Residence, Responsibility, ResponsibilityState
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

from ..people.domain import MAJORITY_YEARS, Child

HOMES = {ResidencePattern.SINGLE: 1, ResidencePattern.WEEK_PARITY: 2, ResidencePattern.ALTERNATING: 2}


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """An adult in a role."""

    adult_id: UUID
    role: ResponsibilityRole


@dataclass(frozen=True, slots=True)
class Grant:
    """How far a tie reaches, and what was shown for it."""

    authority: Authority
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Where a child lives: households in the order of the pattern."""

    pattern: ResidencePattern
    household_ids: tuple[UUID, ...]
    anchor_on: date | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """All that is known of who answers for a child and where the child lives."""

    child: Child
    ties: Mapping[Tie, Timeline[Grant]]
    homes: Timeline[Home]

    def state(self) -> ResponsibilityState:
        """The custody as those who decide by it may know it."""
        return ResponsibilityState(
            child_id=self.child.child_id,
            responsibilities=tuple(
                Responsibility(
                    adult_id=tie.adult_id,
                    role=tie.role.value,
                    authority=item.value.authority.value,
                    starts_on=item.during.first,
                    ends_on=item.during.ends_on,
                )
                for tie, item in self.in_order()
            ),
            residences=tuple(
                Residence(
                    pattern=item.value.pattern.value,
                    household_ids=item.value.household_ids,
                    anchor_on=item.value.anchor_on,
                    starts_on=item.during.first,
                    ends_on=item.during.ends_on,
                )
                for item in self.homes
            ),
        )

    def grants(self, tie: Tie) -> Timeline[Grant]:
        """How far a tie reaches, by day."""
        nothing: Timeline[Grant] = Timeline()
        return self.ties.get(tie, nothing)

    def in_order(self) -> list[tuple[Tie, Slice[Grant]]]:
        """Each tie with each of its grants, in one order however they were entered."""
        return [(tie, item) for tie in sorted(self.ties) for item in self.ties[tie]]


def last_day_of_minority(child: Child) -> date:
    """The day before the eighteenth birthday: the last on which somebody answers for the child."""
    return child.of_age_on - ONE_DAY


def born_by(today: date) -> date:
    """The latest birth date of whoever has had the eighteenth birthday by today."""
    year = today.year - MAJORITY_YEARS
    try:
        return today.replace(year=year)
    except ValueError:  # 29 February: nobody has a birthday on it in a common year
        return date(year, 2, 28)


def with_tie(custody: Custody, tie: Tie, grant: Grant, starts_on: date, ends_on: date | None) -> Custody | Invalid:
    """The custody once an adult is this to the child during these days, until majority when no end is given (EV-22)."""
    last = last_day_of_minority(custody.child)
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and day > last:
            return Invalid(FieldRefusal(f"/{name}", "after_majority", (("last_on", last),)))
    if ends_on is not None and ends_on < starts_on:
        return Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", starts_on),)))
    during = DateRange(starts_on, ends_on or last)
    return replace(custody, ties={**custody.ties, tie: custody.grants(tie).put(during, grant)})


def without_tie(custody: Custody, tie: Tie, ends_on: date) -> Custody | Invalid:
    """The custody once an adult is this to the child until a day for the last time."""
    grants = custody.grants(tie)
    if not grants.days:
        return Invalid(FieldRefusal("/role", "responsibility_unknown"))
    kept = grants.within(Days.between(None, ends_on))
    return replace(custody, ties={**custody.ties, tie: kept})


def with_home(custody: Custody, home: Home, during: DateRange, belongs: Mapping[UUID, Days]) -> Custody | Invalid:
    """The custody once the child lives so during these days. `belongs` has the days on which the child belongs to each household."""
    if len(set(home.household_ids)) != HOMES[home.pattern]:
        return Invalid(FieldRefusal("/household_ids", "homes_do_not_fit", (("count", HOMES[home.pattern]),)))
    if (home.pattern is ResidencePattern.ALTERNATING) != (home.anchor_on is not None):
        return Invalid(FieldRefusal("/anchor_on", "anchor_does_not_fit"))
    strangers = [
        FieldRefusal(f"/household_ids/{position}", "child_not_in_household")
        for position, household_id in enumerate(home.household_ids)
        if Days((during,)) - belongs.get(household_id, Days())
    ]
    if strangers:
        return Invalid(*strangers)
    return replace(custody, homes=custody.homes.put(during, home))


def without_household(custody: Custody, household_id: UUID, gone: Days) -> Custody:
    """The custody once the child no longer belongs to a household on these days: it lives there no more, and nothing says yet where."""
    stays = (
        (part, item.value)
        for item in custody.homes
        for part in Days((item.during,)) - (gone if household_id in item.value.household_ids else Days())
    )
    return replace(custody, homes=Timeline.of(stays))
