"""Who pays for a child's day, and what part of its price. Pure.

Shares that an agent entered come first, each for as long as its payer pays in a household that the child belongs to; without any, the home where the child is on that day decides, and that household's payer
pays. While nobody pays there, nobody is guessed. Parts are basis points (1/10000) and sum to the whole day; amounts are integer cents.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from chassis.days import DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, Refusal
from chassis.timeline import Timeline
from contracts.types import Cents

from ..errors import SharesIncomplete
from ..tariffs.domain import ServiceDay

WHOLE: Final = 10_000
EVERY_KIND: Final = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What part of a day a payer pays, and the household whose quotient counts for it. `payer_id` is None while nobody pays there."""

    household_id: UUID
    payer_id: UUID | None
    share_basis_points: int = WHOLE

    @property
    def account_id(self) -> UUID:
        """The account that the part goes to: the household's own while nobody pays, of which no invoice is made."""
        return self.payer_id or self.household_id


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """A payer's part of a child's days, and the payer's household."""

    payer_id: UUID
    household_id: UUID
    share_basis_points: int


Shares = tuple[Share, ...]
"""The parts of a day, in the order of their payers."""


@dataclass(frozen=True, slots=True)
class ChildRules:
    """What decides who pays for a child: the household where it is on a day, None when nothing says so; shares by kind of
    activity, `EVERY_KIND` being those of any other; and the days of the child in each household, where there are shares."""

    home_on: Callable[[date], UUID | None]
    shares: Mapping[str, Timeline[Shares]] = field(default_factory=dict)
    members: Mapping[UUID, Days] = field(default_factory=dict)

    def shares_on(self, kind: str, day: date) -> Shares:
        """The shares of a day, those of its own kind of activity before those of every kind."""
        own, others = (self.shares.get(name) for name in (kind, EVERY_KIND))
        return (own and own.at(day)) or (others and others.at(day)) or ()

    def home_of(self, day: ServiceDay) -> UUID:
        """The household of a day: the home where the child is; the one that booked, when nothing says where that is."""
        return self.home_on(day.service_on) or day.household_id


@dataclass(frozen=True, slots=True)
class Paying:
    """Who pays what part of a day. Not `is_known`: the household that decides is not there yet, or any more."""

    parts: tuple[Part, ...]
    is_known: bool = True

    def settled(self, standing: Sequence[Part]) -> tuple[Part, ...]:
        """The parts of a day of which these stand: what a household decided stays when it is erased."""
        is_of_erased = not self.is_known and {part.household_id for part in standing} == {self.parts[0].household_id}
        return tuple(standing) if is_of_erased else self.parts


def paying(day: ServiceDay, kind: str, rules: ChildRules, payers: Mapping[UUID, Timeline[UUID]]) -> Paying:
    """Who pays what part of a day; `payers` has those of each known household, day by day."""
    if shares := rules.shares_on(kind, day.service_on):
        return Paying(_parts_of(shares, day.service_on, rules, payers))
    home = rules.home_of(day)
    timeline = payers.get(home)
    return Paying((Part(home, timeline.at(day.service_on) if timeline else None),), timeline is not None)


def _parts_of(shares: Shares, day: date, rules: ChildRules, payers: Mapping[UUID, Timeline[UUID]]) -> tuple[Part, ...]:
    """The parts of a day. One whose payer does not pay in its household on that day, or whose household the child does not belong
    to then, is nobody's until an agent enters others."""
    parts: dict[UUID, Part] = {}
    for share in shares:
        timeline = payers.get(share.household_id)
        is_member = day in rules.members.get(share.household_id, ())
        is_paid = is_member and timeline is not None and timeline.at(day) == share.payer_id
        part = Part(share.household_id, share.payer_id if is_paid else None, share.share_basis_points)
        others = parts[part.account_id].share_basis_points if part.account_id in parts else 0
        parts[part.account_id] = replace(part, share_basis_points=others + share.share_basis_points)
    return tuple(parts.values())


def divided(prices: Sequence[tuple[Cents, int]]) -> list[Cents]:
    """What each payer pays of a day: the price by their own quotient, times their share.

    The parts sum to the day's price, rounded half up; cents that are left over go to the largest remainders, the first ones
    of equal ones.
    """
    exact = [price * share for price, share in prices]
    parts = [value // WHOLE for value in exact]
    left = (sum(exact) + WHOLE // 2) // WHOLE - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda position: -(exact[position] % WHOLE))
    for position in by_remainder[:left]:
        parts[position] += 1
    return parts


def shares_refusal(shares: Shares) -> Refusal | None:
    """Why these are no shares of a day; None when they are, or are none at all."""
    if len({share.payer_id for share in shares}) < len(shares):
        return Invalid(FieldRefusal("/shares", "payer_twice"))
    total = sum(share.share_basis_points for share in shares)
    return SharesIncomplete(total_basis_points=total) if shares and total != WHOLE else None


def shared(timeline: Timeline[Shares], shares: Shares, during: DateRange) -> Timeline[Shares]:
    """Who shares a child's days once these do during some; without any, the payer of the child's home pays again."""
    return timeline.put(during, shares) if shares else timeline.without(Days((during,)))


class RegisterLine(Protocol):
    """That an adult pays for a household, from a day until a day; both count."""

    @property
    def adult_id(self) -> UUID: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Register:
    """Who pays in a household by what its register says, and the days for which it names several."""

    payers: Timeline[UUID]
    conflicts: Timeline[tuple[UUID, ...]]


def read_register(lines: Iterable[RegisterLine], before: Timeline[UUID]) -> Register:
    """Who pays, by the lines of a register and by who paid `before`: where the lines contradict each other, that one stands."""
    named: Timeline[tuple[UUID, ...]] = Timeline()
    for line in lines:
        during = DateRange.between(line.starts_on, line.ends_on)
        days: Timeline[tuple[UUID, ...]] = Timeline.of([(during, (line.adult_id,))])
        named = named.update(days, lambda mine, theirs: tuple(sorted({*mine, *theirs})))
    clear = Timeline(tuple(item for item in named if len(item.value) == 1)).map(lambda adults: adults[0])
    conflicts = Timeline(tuple(item for item in named if len(item.value) > 1))
    standing = before.within(conflicts.days)
    return Register(Timeline.of((item.during, item.value) for item in (*clear, *standing)), conflicts)
