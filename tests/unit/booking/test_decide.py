"""Deciding baskets: never above capacity, first come first served, all or nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import deadline
from chassis.refusal import Refusal
from contracts.booking.events import BasketConfirmed, BookingConfirmed
from services.booking.bookings.domain import (
    BasketDecision,
    BookableChild,
    Day,
    Snapshot,
    WishedBasket,
    WishedDay,
    decide,
)
from services.booking.errors import BasketRefused
from services.booking.places.domain import Places, SlotFacts, Stay
from tests.unit.booking.days import ALL_DAY, BIRTH_ON, VALIDATED, ZONE

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
ACTIVITY_ID = uuid4()
SLOTS = [
    SlotFacts(
        slot_id=UUID(int=number),
        activity_id=ACTIVITY_ID,
        site_code="house",
        activity_label="Centre de loisirs",
        service_on=date(2026, 9, 2 + number),
        cutoff=deadline(date(2026, 9, 2 + number), 2, time(12), ZONE),
        age_min=3,
        age_max=11,
        unit=ALL_DAY,
        pool_ids=(UUID(int=number),),
        is_closed=False,
    )
    for number in range(4)
]


def basket(*wishes: tuple[BookableChild | None, SlotFacts | None]) -> WishedBasket:
    return WishedBasket(uuid4(), None, tuple(WishedDay(uuid4(), child, slot, VALIDATED) for child, slot in wishes))


def child(household_id: UUID | None = None) -> BookableChild:
    return BookableChild(uuid4(), household_id or uuid4(), "Lina", BIRTH_ON)


def places(*free: int, taken: int = 0) -> dict[UUID, Places]:
    return {slot.pool_ids[0]: Places(taken + count, taken) for slot, count in zip(SLOTS, free, strict=False)}


Pair = tuple[SlotFacts, BookableChild]


def stays(*pairs: Pair) -> dict[Day, list[Stay]]:
    """Where children are who have these slots."""
    where: dict[Day, list[Stay]] = {}
    for slot, who in pairs:
        where.setdefault((who.child_id, slot.service_on), []).append(Stay.at(slot, who.household_id))
    return where


def live_pairs(snapshot: Snapshot) -> set[tuple[UUID, UUID]]:
    """The (slot, child) that are booked."""
    return {(stay.slot_id, child_id) for (child_id, _), there in snapshot.stays.items() for stay in there}


def codes(outcome: BasketDecision | Refusal) -> list[tuple[str, str]]:
    assert isinstance(outcome, Refusal)
    return [(field.pointer, field.code) for field in outcome.fields]


HOUSEHOLDS = [[child(household_id) for _ in range(2)] for household_id in (uuid4() for _ in range(4))]
CHILDREN = [member for household in HOUSEHOLDS for member in household]
lines = st.lists(st.tuples(st.integers(0, 1), st.integers(0, len(SLOTS) - 1)), min_size=1, max_size=5)
wishes = st.lists(st.tuples(st.sampled_from(HOUSEHOLDS), lines), min_size=1, max_size=12)


def snapshot_of(free: Sequence[int], booked: Sequence[tuple[int, int]]) -> Snapshot:
    """So many free places on each slot, and these (slot, child) booked already."""
    return Snapshot(NOW, places(*free, taken=2), stays(*((SLOTS[slot], CHILDREN[who]) for slot, who in set(booked))))


def baskets_of(wished: Sequence[tuple[Sequence[BookableChild], Sequence[tuple[int, int]]]]) -> list[WishedBasket]:
    """A basket for each household that wishes, in order of arrival."""
    return [basket(*((household[who], SLOTS[slot]) for who, slot in days)) for household, days in wished]


snapshots = st.builds(
    snapshot_of,
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7)), max_size=5),
)
rushes = st.builds(baskets_of, wishes)
"""Many baskets of a few households that want the same few days."""


def replay(snapshot: Snapshot, baskets: Sequence[WishedBasket]) -> list[bool]:
    """The plainest telling of the rule: who comes first takes, if every line of the basket can be had."""
    free = {slot_id: place.capacity - place.taken for slot_id, place in snapshot.places.items()}
    booked = live_pairs(snapshot)
    verdicts = []
    for wished in baskets:
        pairs = [(day.slot.slot_id, day.child.child_id) for day in wished.days if day.slot and day.child]
        wanted = Counter(slot_id for slot_id, _ in pairs)
        is_had = (
            len(set(pairs)) == len(pairs)
            and booked.isdisjoint(pairs)
            and all(free[slot_id] >= count for slot_id, count in wanted.items())
        )
        if is_had:
            booked |= set(pairs)
            for slot_id, count in wanted.items():
                free[slot_id] -= count
        verdicts.append(is_had)
    return verdicts


@given(snapshots, rushes)
def test_first_come_first_served_all_or_nothing_never_above_capacity(
    snapshot: Snapshot, baskets: list[WishedBasket]
) -> None:
    outcomes = decide(snapshot, baskets)

    assert [isinstance(outcome, BasketDecision) for outcome in outcomes] == replay(snapshot, baskets)
    taken: Counter[UUID] = Counter()
    live = Counter(live_pairs(snapshot))
    for wished, outcome in zip(baskets, outcomes, strict=True):
        if isinstance(outcome, BasketDecision):
            assert [day.booking_id for day in outcome.days] == [day.booking_id for day in wished.days]
            taken.update(day.slot.slot_id for day in outcome.days)
            live.update((day.slot.slot_id, day.child.child_id) for day in outcome.days)
    for slot_id, place in snapshot.places.items():
        assert place.taken + taken[slot_id] <= place.capacity
    assert not live or max(live.values()) == 1


@given(snapshots, rushes)
def test_a_batch_decides_as_one_basket_after_the_other(snapshot: Snapshot, baskets: list[WishedBasket]) -> None:
    together = decide(snapshot, baskets)
    one_by_one: list[BasketDecision | Refusal] = []
    for wished in baskets:
        (outcome,) = decide(snapshot, [wished])
        one_by_one.append(outcome)
        if isinstance(outcome, BasketDecision):
            slots = Counter(day.slot.slot_id for day in outcome.days)
            snapshot = Snapshot(
                NOW,
                {slot_id: place.plus(slots[slot_id]) for slot_id, place in snapshot.places.items()},
                {
                    **snapshot.stays,
                    **stays(*((day.slot, day.child) for day in outcome.days)),
                },
            )
    for first, second in zip(together, one_by_one, strict=True):
        if isinstance(first, BasketDecision):
            assert first == second
        else:
            assert codes(first) == codes(second)


def test_the_last_place_goes_to_who_came_first() -> None:
    first, second = basket((child(), SLOTS[0])), basket((child(), SLOTS[0]))
    won, lost = decide(Snapshot(NOW, places(1), {}), [first, second])
    assert isinstance(won, BasketDecision)
    assert codes(lost) == [("/lines/0/slot_id", "slot_full")]


def test_two_siblings_do_not_share_the_last_place() -> None:
    lina = child()
    wished = basket((lina, SLOTS[0]), (child(lina.household_id), SLOTS[0]))
    (outcome,) = decide(Snapshot(NOW, places(1), {}), [wished])
    assert codes(outcome) == [("/lines/1/slot_id", "slot_full")]


def test_every_refused_line_is_named_and_nothing_is_taken() -> None:
    lina = child()
    wished = basket((lina, SLOTS[0]), (lina, SLOTS[1]), (lina, SLOTS[2]))
    patient = basket((child(), SLOTS[1]))
    snapshot = Snapshot(NOW, places(0, 1, 1), stays((SLOTS[2], lina)))
    refused, accepted = decide(snapshot, [wished, patient])
    assert isinstance(refused, BasketRefused)
    assert codes(refused) == [("/lines/0/slot_id", "slot_full"), ("/lines/2/slot_id", "already_booked")]
    assert isinstance(accepted, BasketDecision)


def test_a_decision_tells_each_day_then_the_basket() -> None:
    lina = child()
    (outcome,) = decide(Snapshot(NOW, places(1, 1), {}), [basket((lina, SLOTS[0]), (lina, SLOTS[1]))])
    assert isinstance(outcome, BasketDecision)
    first, second, last = outcome.events()
    assert isinstance(first, BookingConfirmed)
    assert isinstance(second, BookingConfirmed)
    assert isinstance(last, BasketConfirmed)
    assert [first.slot_id, second.slot_id] == [SLOTS[0].slot_id, SLOTS[1].slot_id]
    assert [line.booking_id for line in last.lines] == [first.booking_id, second.booking_id]
    assert {first.key, second.key, last.key} == {str(lina.household_id)}
