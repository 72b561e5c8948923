"""Who answers for a child and where the child lives, as timelines: what is entered cuts what stood there. Pure.

Nothing is guessed: authority is joint unless a decision says otherwise, and a child with two homes lives at neither until a pattern
says so. Days by hand lie above the pattern, which stays as it was entered below them. Source: Code civil, 372 and 373-2-1 (authority), 373-2-9 (residence), 414 (majority).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Final
from uuid import UUID

from chassis.days import ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid
from chassis.timeline import Slice, Timeline
from contracts.family.events import EvidenceKind, HolidayTurns, Residence, Responsibility, ResponsibilityState
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

from ..people.domain import MAJORITY_YEARS, Child

SWAPPED_DAYS_MAX: Final = 62
FORTNIGHT_DAYS: Final = 14
_PATTERN_FIELDS: Final = {
    ResidencePattern.SINGLE: (1, False),
    ResidencePattern.WEEK_PARITY: (2, None),
    ResidencePattern.ALTERNATING: (2, True),
    ResidencePattern.FORTNIGHT: (2, True),
}
"""How many homes a pattern has, and whether it has an anchor date; None where it may."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was shown for an entry: what it is, its date, and the words by which it is found again."""

    kind: EvidenceKind | None = None
    dated_on: date | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Tie:
    """An adult in a role."""

    adult_id: UUID
    role: ResponsibilityRole


@dataclass(frozen=True, slots=True)
class Grant:
    """How far a tie reaches, and what was shown for it."""

    authority: Authority
    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True)
class Turns:
    """When a child changes homes: on which ISO day of the week, at which hour (none: after school), on which days of a fortnight it is at
    the second home, and who begins holidays. The hour is for people to read: a day is at the home where its night is."""

    change_weekday: int | None = None
    change_hour: time | None = None
    second_home_days: tuple[int, ...] = ()
    holidays: HolidayTurns | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Where a child lives: households in the order of the pattern."""

    pattern: ResidencePattern
    household_ids: tuple[UUID, ...]
    anchor_on: date | None = None
    evidence: Evidence = Evidence()
    turns: Turns = Turns()


@dataclass(frozen=True, slots=True)
class Custody:
    """All that is known of who answers for a child and where the child lives."""

    child: Child
    ties: Mapping[Tie, Timeline[Grant]]
    homes: Timeline[Home]
    swaps: Timeline[UUID] = field(default_factory=Timeline)

    def residences(self) -> tuple[Residence, ...]:
        """Where the child lives, as everybody reads it: days by hand in the place of the pattern's."""
        days = self.swaps.days
        patterns = [
            Residence(
                pattern=item.value.pattern.value,
                household_ids=item.value.household_ids,
                anchor_on=item.value.anchor_on,
                starts_on=item.during.first,
                ends_on=item.during.ends_on,
                change_weekday=item.value.turns.change_weekday,
                second_home_days=item.value.turns.second_home_days,
                holidays=item.value.turns.holidays,
            )
            for item in self.homes.without(days)
        ]
        by_hand = [
            Residence(
                pattern=ResidencePattern.SINGLE,
                household_ids=(item.value,),
                anchor_on=None,
                starts_on=item.during.first,
                ends_on=item.during.ends_on,
            )
            for item in self.swaps
        ]
        return tuple(sorted((*patterns, *by_hand), key=lambda residence: residence.starts_on))

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
            residences=self.residences(),
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
    """The custody once an adult is this to the child during these days, until majority when no end is given."""
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
    count, is_anchored = _PATTERN_FIELDS[home.pattern]
    if len(set(home.household_ids)) != count:
        return Invalid(FieldRefusal("/household_ids", "homes_do_not_fit", (("count", count),)))
    if is_anchored is not None and is_anchored != (home.anchor_on is not None):
        return Invalid(FieldRefusal("/anchor_on", "anchor_does_not_fit"))
    faults = [*_turn_faults(home), *_strangers(home.household_ids, during, belongs)]
    return Invalid(*faults) if faults else replace(custody, homes=custody.homes.put(during, home))


def _turn_faults(home: Home) -> Iterator[FieldRefusal]:
    """What a pattern has no use for, or lacks: nothing that is entered is kept without a meaning."""
    turns, days = home.turns, set(home.turns.second_home_days)
    if turns.change_weekday is not None and home.pattern is not ResidencePattern.WEEK_PARITY:
        yield FieldRefusal("/change_weekday", "change_day_does_not_fit")
    if turns.change_hour is not None and home.pattern is ResidencePattern.SINGLE and turns.holidays is None:
        yield FieldRefusal("/change_hour", "change_hour_does_not_fit")
    if (home.pattern is ResidencePattern.FORTNIGHT) != (0 < len(days) < FORTNIGHT_DAYS):
        yield FieldRefusal("/second_home_days", "fortnight_does_not_fit")
    if home.pattern is ResidencePattern.FORTNIGHT and home.anchor_on and home.anchor_on.weekday():
        yield FieldRefusal("/anchor_on", "fortnight_begins_on_monday")
    if turns.holidays is not None and (
        len(home.household_ids) < 2 or turns.holidays.even_first_id not in home.household_ids
    ):
        yield FieldRefusal("/holidays_even_first_id", "holidays_do_not_fit")


def _strangers(
    household_ids: Sequence[UUID], during: DateRange, belongs: Mapping[UUID, Days], pointer: str = "/household_ids/{}"
) -> Iterator[FieldRefusal]:
    for position, household_id in enumerate(household_ids):
        if Days((during,)) - belongs.get(household_id, Days()):
            yield FieldRefusal(pointer.format(position), "child_not_in_household")


def with_swap(
    custody: Custody, household_id: UUID | None, during: DateRange, belongs: Mapping[UUID, Days]
) -> Custody | Invalid:
    """The custody once the child is at this home on these days, whatever the pattern says; by the pattern again without any."""
    if (during.last - during.first).days >= SWAPPED_DAYS_MAX:
        return Invalid(FieldRefusal("/ends_on", "swap_too_long", (("count_max", SWAPPED_DAYS_MAX),)))
    if household_id is None:
        return replace(custody, swaps=custody.swaps.without(Days((during,))))
    if faults := list(_strangers((household_id,), during, belongs, "/household_id")):
        return Invalid(*faults)
    return replace(custody, swaps=custody.swaps.put(during, household_id))


def without_household(custody: Custody, household_id: UUID, gone: Days) -> Custody:
    """The custody once the child no longer belongs to a household on these days: it lives there no more, and nothing says yet where."""
    stays = (
        (part, item.value)
        for item in custody.homes
        for part in Days((item.during,)) - (gone if household_id in item.value.household_ids else Days())
    )
    swapped = Days.of(item.during for item in custody.swaps if item.value == household_id)
    return replace(custody, homes=Timeline.of(stays), swaps=custody.swaps.without(swapped & gone))


def evidence_faults(evidence: Evidence, today: date) -> Iterator[FieldRefusal]:
    """What is wrong with what was shown: a date says of what, and is not to come."""
    if evidence.kind is None and evidence.dated_on is not None:
        yield FieldRefusal("/evidence_kind", "missing")
    if evidence.dated_on is not None and evidence.dated_on > today:
        yield FieldRefusal("/evidence_on", "evidence_in_future")
