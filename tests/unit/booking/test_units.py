"""Deciding baskets of units that share places: no pool is ever above its capacity, and no child in two places at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.booking.bookings.domain import (
    BasketDecision,
    BookableChild,
    Snapshot,
    WishedBasket,
    WishedDay,
    decide,
)
from services.booking.places.domain import BookingFacts, Places, SlotFacts, UnitFacts, elsewhere, tightest
from tests.unit.booking.days import BIRTH_ON, COURSE, VALIDATED

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
DAY = date(2026, 9, 9)
HOUSEHOLD_ID, ACTIVITY_ID = uuid4(), uuid4()
MORNING, LUNCH, AFTERNOON = (UUID(int=number) for number in range(3))


def slot(code: str, hours: tuple[int, int], *pool_ids: UUID, excludes: Sequence[str] = ()) -> SlotFacts:
    """A unit of the one day, from an hour to another."""
    begins, ends = (hour * 60 for hour in hours)
    unit = UnitFacts(code, code, begins, ends, frozenset(excludes))
    return SlotFacts(
        uuid4(), ACTIVITY_ID, "house", "Centre", unit, DAY, datetime(2026, 9, 7, tzinfo=UTC), 3, 11, pool_ids, False
    )


SLOTS = [
    slot("morning", (8, 12), MORNING),
    slot("lunch", (12, 14), LUNCH, excludes=["evening"]),
    slot("afternoon", (14, 18), AFTERNOON),
    slot("day", (8, 18), MORNING, LUNCH, AFTERNOON),
    slot("without lunch", (8, 18), MORNING, AFTERNOON),
    slot("evening", (18, 20), AFTERNOON, excludes=["lunch"]),
]
CHILDREN = [BookableChild(uuid4(), HOUSEHOLD_ID, "Lina", BIRTH_ON) for _ in range(4)]
wishes = st.lists(st.tuples(st.sampled_from(CHILDREN), st.sampled_from(SLOTS)), max_size=4)
acts = st.lists(st.tuples(wishes, st.lists(st.integers(0, 30), max_size=2)), min_size=1, max_size=12)
capacities = st.lists(st.integers(0, 3), min_size=3, max_size=3)


@given(capacities, acts)
def test_no_pool_is_oversold_and_no_child_doubled_whatever_the_mix(
    free: list[int], mixed: list[tuple[list[tuple[BookableChild, SlotFacts]], list[int]]]
) -> None:
    capacity = dict(zip((MORNING, LUNCH, AFTERNOON), free, strict=True))
    snapshot = Snapshot(NOW, {pool_id: Places(count, 0) for pool_id, count in capacity.items()}, {})
    live: list[BookingFacts] = []
    for wished, numbers in mixed:
        named = {live[number].booking_id for number in numbers if number < len(live)}
        days = tuple(WishedDay(uuid4(), who, where, VALIDATED) for who, where in wished)
        if not days and not named:
            continue
        (outcome,) = decide(snapshot, [WishedBasket(uuid4(), None, days, tuple(named))])
        if isinstance(outcome, BasketDecision):
            snapshot = snapshot.after(outcome.freed, outcome.days)
            booked = [booking_of(day.booking_id, day.child, day.slot) for day in outcome.days]
            live = [booking for booking in live if booking.booking_id not in named] + booked
            snapshot = replace(snapshot, bookings={booking.booking_id: booking for booking in live})
        taken = Counter(pool_id for booking in live for pool_id in booking.slot.pool_ids)
        assert {pool_id: places.taken for pool_id, places in snapshot.places.items()} == {
            pool_id: taken[pool_id] for pool_id in capacity
        }
        assert all(taken[pool_id] <= capacity[pool_id] for pool_id in capacity)
        for one in live:
            for other in live:
                if one is not other and one.child_id == other.child_id:
                    assert not one.slot.unit.overlaps(other.slot.unit)
                    assert one.slot.unit.code not in other.slot.unit.excludes


def booking_of(booking_id: UUID, who: BookableChild, where: SlotFacts) -> BookingFacts:
    """A live booking."""
    return BookingFacts(booking_id, uuid4(), who.household_id, frozenset(), who.child_id, who.first_name, where, NOW)


@given(st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 1439), st.integers(1, 1440))
def test_two_units_overlap_exactly_when_they_share_a_minute(
    begins: int, length: int, other: int, other_length: int
) -> None:
    """Ends are excluded."""
    one, two = UnitFacts("a", "A", begins, begins + length), UnitFacts("b", "B", other, other + other_length)
    shared = set(range(begins, begins + length)) & set(range(other, other + other_length))
    assert one.overlaps(two) == two.overlaps(one) == bool(shared)


def test_a_child_who_is_elsewhere_is_named_with_where_it_is() -> None:
    morning, _, afternoon, *_ = SLOTS
    assert elsewhere(morning.unit, [COURSE]) is COURSE
    assert elsewhere(afternoon.unit, [COURSE]) is None


def test_the_places_of_a_slot_are_those_of_its_tightest_pool() -> None:
    assert tightest([Places(10, 3), Places(4, 3), Places(20, 0)]) == Places(4, 3)
