"""Who pays for a child's day: by home, by shares, and what is made of a register that contradicts itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.days import DateRange, Days
from chassis.refusal import Invalid
from chassis.timeline import Timeline
from contracts.family.events import Residence
from contracts.family.residence import home_on
from contracts.types import ResidencePattern
from services.billing.errors import SharesIncomplete
from services.billing.payers.domain import (
    WHOLE,
    ChildRules,
    Part,
    Paying,
    Share,
    divided,
    paying,
    read_register,
    shared,
    shares_refusal,
)
from services.billing.tariffs.domain import ServiceDay

HOME_A, HOME_B, PAYER_A, PAYER_B, CANTEEN = (uuid4() for _ in range(5))
ALWAYS = DateRange(date.min)
PAYERS = {HOME_A: Timeline.of([(ALWAYS, PAYER_A)]), HOME_B: Timeline.of([(ALWAYS, PAYER_B)])}
BOTH_HOMES = {HOME_A: Days((ALWAYS,)), HOME_B: Days((ALWAYS,))}
DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))


def day(on: date, booked_by: UUID = HOME_A) -> ServiceDay:
    return ServiceDay(booked_by, CANTEEN, on)


def lives(pattern: ResidencePattern, *homes: UUID, anchor_on: date | None = None) -> ChildRules:
    """A child who lives so, always."""
    residence = Residence(
        pattern=pattern, household_ids=homes, anchor_on=anchor_on, starts_on=date(2020, 1, 1), ends_on=None
    )
    return ChildRules(partial(home_on, (residence,)))


def payers_on(rules: ChildRules, days: Sequence[date], booked_by: UUID = HOME_A) -> list[UUID | None]:
    return [paying(day(on, booked_by), "lunch", rules, PAYERS).parts[0].payer_id for on in days]


def test_the_payer_of_a_day_is_the_one_of_the_home_whoever_booked_it() -> None:
    """Weeks in turn; week 53 and the week 1 after it are spent at the same home, unless an anchor says whose turn it is."""
    weeks = [date(2026, 12, 21) + timedelta(weeks=number) for number in range(4)]
    assert [on.isocalendar().week for on in weeks] == [52, 53, 1, 2]
    parity = lives(ResidencePattern.WEEK_PARITY, HOME_A, HOME_B)
    assert payers_on(parity, weeks, booked_by=HOME_B) == [PAYER_A, PAYER_B, PAYER_B, PAYER_A]
    turns = lives(ResidencePattern.ALTERNATING, HOME_A, HOME_B, anchor_on=weeks[0])
    assert payers_on(turns, weeks) == [PAYER_A, PAYER_B, PAYER_A, PAYER_B]


def test_without_a_residence_the_household_that_booked_decides() -> None:
    nowhere = ChildRules(partial(home_on, ()))
    assert payers_on(nowhere, [date(2026, 9, 2)], booked_by=HOME_B) == [PAYER_B]


def test_while_nobody_pays_nobody_is_guessed() -> None:
    """Neither the payer before nor the one after, nor the one of the household that booked."""
    rules = lives(ResidencePattern.SINGLE, HOME_B)
    gap = {**PAYERS, HOME_B: PAYERS[HOME_B].without(Days.single([date(2026, 9, 2)]))}
    assert paying(day(date(2026, 9, 2)), "lunch", rules, gap) == Paying((Part(HOME_B, None),))
    assert paying(day(date(2026, 9, 3)), "lunch", rules, gap) == Paying((Part(HOME_B, PAYER_B),))


def test_what_a_household_decided_stays_when_it_is_erased() -> None:
    erased = paying(day(date(2026, 9, 2)), "lunch", lives(ResidencePattern.SINGLE, HOME_A), {})
    assert erased.settled([Part(HOME_A, PAYER_A)]) == (Part(HOME_A, PAYER_A),)
    assert erased.settled([Part(HOME_B, PAYER_B)]) == erased.settled([]) == (Part(HOME_A, None),)


def test_shares_come_before_the_home_and_those_of_the_kind_before_the_others() -> None:
    parts = tuple(sorted((Share(PAYER_A, HOME_A, 6_000), Share(PAYER_B, HOME_B, 4_000))))
    whole = (Share(PAYER_B, HOME_B, WHOLE),)
    rules = lives(ResidencePattern.SINGLE, HOME_A)
    rules = ChildRules(
        rules.home_on,
        {
            "": Timeline.of([(ALWAYS, parts)]),
            "lunch": Timeline.of([(DateRange(date(2026, 9, 2), date(2026, 9, 2)), whole)]),
        },
        BOTH_HOMES,
    )
    lunch, after = (paying(day(date(2026, 9, number)), "lunch", rules, PAYERS).parts for number in (2, 3))
    assert lunch == (Part(HOME_B, PAYER_B),)
    assert set(after) == {Part(HOME_A, PAYER_A, 6_000), Part(HOME_B, PAYER_B, 4_000)}
    assert paying(day(date(2026, 9, 2)), "sport", rules, PAYERS).parts == after


ONE_DAY = Days.single([date(2026, 9, 2)])


@pytest.mark.parametrize(
    ("payers", "members"),
    [
        ({HOME_A: PAYERS[HOME_A]}, BOTH_HOMES),
        ({**PAYERS, HOME_B: PAYERS[HOME_B].without(ONE_DAY)}, BOTH_HOMES),
        ({**PAYERS, HOME_B: Timeline.of([(ALWAYS, uuid4())])}, BOTH_HOMES),
        (PAYERS, {HOME_A: BOTH_HOMES[HOME_A]}),
        (PAYERS, {**BOTH_HOMES, HOME_B: BOTH_HOMES[HOME_B] - ONE_DAY}),
    ],
    ids=["erased", "nobody_pays", "another_one_pays", "never_a_member", "left"],
)
def test_a_part_of_somebody_who_pays_no_more_is_nobodys(
    payers: dict[UUID, Timeline[UUID]], members: dict[UUID, Days]
) -> None:
    """Neither the former payer's, nor their successor's, nor the other parent's: an agent decides."""
    shares = (Share(PAYER_A, HOME_A, 6_000), Share(PAYER_B, HOME_B, 3_000), Share(uuid4(), HOME_B, 1_000))
    rules = ChildRules(partial(home_on, ()), {"": Timeline.of([(ALWAYS, shares)])}, members)
    assert paying(day(date(2026, 9, 2)), "lunch", rules, payers) == Paying(
        (Part(HOME_A, PAYER_A, 6_000), Part(HOME_B, None, 4_000))
    )


@st.composite
def shares_of_a_day(draw: st.DrawFn) -> list[int]:
    """Parts of a whole."""
    cuts = sorted(draw(st.lists(st.integers(1, WHOLE - 1), max_size=5, unique=True)))
    return [end - begin for begin, end in zip([0, *cuts], [*cuts, WHOLE], strict=True)]


@given(st.integers(0, 1_000_000), shares_of_a_day())
def test_the_parts_of_a_day_sum_to_its_price(price_cents: int, shares: list[int]) -> None:
    amounts = divided([(price_cents, share) for share in shares])
    assert sum(amounts) == price_cents
    assert divided([(price_cents, share) for share in shares]) == amounts


@given(st.lists(st.integers(0, 1_000_000), min_size=6, max_size=6), shares_of_a_day())
def test_each_part_is_its_price_times_its_share_to_less_than_a_cent(prices: list[int], shares: list[int]) -> None:
    """Each payer's price is by their own quotient: the day costs the sum, rounded half up."""
    priced = list(zip(prices, shares, strict=False))
    amounts = divided(priced)
    assert all(
        abs(amount * WHOLE - price * share) < WHOLE for amount, (price, share) in zip(amounts, priced, strict=True)
    )
    exact = sum(price * share for price, share in priced)
    assert sum(amounts) == (2 * exact + WHOLE) // (2 * WHOLE)


@pytest.mark.parametrize(
    ("prices", "amounts"),
    [
        ([(415, 5_000), (415, 5_000)], [208, 207]),
        ([(100, 3_333), (100, 3_333), (100, 3_334)], [33, 33, 34]),
        ([(450, 5_000), (920, 5_000)], [225, 460]),
        ([(0, 5_000), (0, 5_000)], [0, 0]),
    ],
)
def test_worked_examples_of_parts(prices: list[tuple[int, int]], amounts: list[int]) -> None:
    assert divided(prices) == amounts


@given(st.lists(st.integers(1, WHOLE), min_size=1, max_size=5))
def test_shares_that_are_not_the_whole_day_are_refused(values: list[int]) -> None:
    shares = tuple(Share(uuid4(), HOME_A, value) for value in values)
    assert isinstance(shares_refusal(shares), SharesIncomplete) == (sum(values) != WHOLE)


def test_a_payer_has_one_share_and_none_at_all_is_no_refusal() -> None:
    half = Share(PAYER_A, HOME_A, 5_000)
    assert isinstance(shares_refusal((half, half)), Invalid)
    assert shares_refusal(()) is None


def test_no_shares_give_the_days_back_to_the_home() -> None:
    whole = (Share(PAYER_B, HOME_B, WHOLE),)
    timeline = shared(Timeline(), whole, ALWAYS)
    assert shared(timeline, (), DateRange(date(2026, 9, 1))).at(date(2026, 9, 1)) is None
    assert shared(timeline, (), DateRange(date(2026, 9, 1))).at(date(2026, 8, 31)) == whole


@dataclass(frozen=True)
class Line:
    """A line of a register."""

    adult_id: UUID
    starts_on: date
    ends_on: date | None


ADULTS = sorted(uuid4() for _ in range(3))


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    items = draw(st.lists(st.tuples(st.sampled_from(ADULTS), DAYS, st.integers(0, 20)), max_size=5))
    return [Line(adult_id, first, first + timedelta(days=length)) for adult_id, first, length in items]


@given(lines(), lines())
def test_a_register_that_contradicts_itself_changes_nothing_on_those_days(
    first: list[Line], second: list[Line]
) -> None:
    """Neither is chosen, the old one stands; the order of lines and reading them again change nothing."""
    before = read_register(first, Timeline()).payers
    register = read_register(second, before)
    assert read_register(list(reversed(second)), before) == register
    assert read_register(second, register.payers) == register
    for number in range(90):
        on = date(2026, 1, 1) + timedelta(days=number)
        named = {line.adult_id for line in second if line.starts_on <= on <= (line.ends_on or date.max)}
        expected = next(iter(named)) if len(named) == 1 else before.at(on) if named else None
        assert register.payers.at(on) == expected
        assert register.conflicts.at(on) == (tuple(sorted(named)) if len(named) > 1 else None)
