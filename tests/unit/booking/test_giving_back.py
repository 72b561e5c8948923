"""Deciding what is given back, alone or together with days that are booked: all of it or nothing, and who may."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from chassis.refusal import NotFound, Refusal
from contracts.booking.events import BasketConfirmed, BookingCancelled, BookingConfirmed
from contracts.types import BookingStatus
from services.booking.bookings.domain import (
    BasketDecision,
    BookableChild,
    Snapshot,
    WishedBasket,
    WishedDay,
    decide,
)
from services.booking.errors import BasketRefused
from services.booking.places.domain import BookingFacts, Places, SlotFacts
from tests.unit.booking.days import BIRTH_ON, VALIDATED
from tests.unit.booking.test_decide import NOW, SLOTS, child, codes, stays

GUARDIAN_ID = uuid4()
MONDAY, TUESDAY = SLOTS[0], SLOTS[1]
Wish = tuple[BookableChild | None, SlotFacts | None]


def booking(who: BookableChild, slot: SlotFacts = MONDAY, *, guardian_id: UUID = GUARDIAN_ID) -> BookingFacts:
    """A live booking of a child whose household has this guardian."""
    return BookingFacts(
        uuid4(),
        uuid4(),
        who.household_id,
        frozenset({guardian_id}),
        who.child_id,
        who.first_name,
        slot,
        NOW - timedelta(days=30),
    )


def changes(*wishes: Wish, back: Sequence[BookingFacts], guardian_id: UUID | None = GUARDIAN_ID) -> WishedBasket:
    """A basket that books these days and gives these bookings back."""
    days = tuple(WishedDay(uuid4(), who, slot, VALIDATED) for who, slot in wishes)
    return WishedBasket(uuid4(), guardian_id, days, tuple(given.booking_id for given in back))


def snapshot(*live: BookingFacts, capacity: int = 1, closed: Sequence[SlotFacts] = ()) -> Snapshot:
    """Two days with so many places each, of which those of the live bookings are taken."""
    places = {
        slot.pool_ids[0]: Places(capacity, sum(held.slot is slot and held.is_live for held in live))
        for slot in (MONDAY, TUESDAY)
    }
    there = stays(*((held.slot, who_has(held)) for held in live if held.is_live))
    seen = [replace(held, slot=replace(held.slot, is_closed=held.slot in closed)) for held in live]
    return Snapshot(NOW, places, there, {held.booking_id: held for held in seen})


def who_has(held: BookingFacts) -> BookableChild:
    """The child of a booking."""
    return BookableChild(held.child_id, held.household_id, held.first_name or "", BIRTH_ON)


def accepted(outcome: BasketDecision | Refusal) -> BasketDecision:
    assert isinstance(outcome, BasketDecision), codes(outcome)
    return outcome


def test_giving_back_is_free_until_the_cutoff_and_refused_after() -> None:
    held = booking(child())
    wished = changes(back=[held])
    in_time, late = replace(snapshot(held), now=MONDAY.cutoff), MONDAY.cutoff.replace(microsecond=1)
    (outcome,) = decide(in_time, [wished])
    (cancelled,) = accepted(outcome).events()
    assert isinstance(cancelled, BookingCancelled)
    assert cancelled.is_chargeable is False
    (refused,) = decide(replace(in_time, now=late), [wished])
    assert isinstance(refused, BasketRefused)
    (field,) = refused.fields
    assert (field.pointer, field.code) == ("/cancellations/0", "cutoff_passed")
    assert dict(field.params)["until"] == MONDAY.cutoff.isoformat()
    (refused,) = decide(snapshot(held, closed=[MONDAY]), [wished])
    assert codes(refused) == [("/cancellations/0", "slot_closed")]


def test_what_was_given_back_before_is_named_and_changes_nothing() -> None:
    """Also on a closed sheet, and when one id comes twice."""
    gone = replace(booking(child()), status=BookingStatus.CANCELLED, cancelled_at=NOW - timedelta(days=1))
    (outcome,) = decide(snapshot(gone, closed=[MONDAY]), [changes(back=[gone, gone])])
    assert [given.booking_id for given in accepted(outcome).given_back] == [gone.booking_id]
    assert accepted(outcome).events() == []


def test_one_id_twice_gives_one_place_back() -> None:
    held = booking(child())
    (outcome,) = decide(snapshot(held), [changes(back=[held, held])])
    assert [type(event) for event in accepted(outcome).events()] == [BookingCancelled]


def test_one_refused_cancellation_refuses_what_was_to_be_booked_too() -> None:
    """The stale page: a day whose sheet was closed meanwhile is unticked, another one is ticked."""
    lina = child()
    held = booking(lina)
    (outcome,) = decide(snapshot(held, closed=[MONDAY]), [changes((lina, TUESDAY), back=[held])])
    assert isinstance(outcome, BasketRefused)
    assert codes(outcome) == [("/cancellations/0", "slot_closed")]


def test_one_refused_day_refuses_what_was_to_be_given_back_too() -> None:
    lina, other = child(), child()
    held, full = booking(lina), booking(other, TUESDAY)
    patient = changes((child(), MONDAY), back=[], guardian_id=None)
    refused, after = decide(snapshot(held, full), [changes((lina, TUESDAY), back=[held]), patient])
    assert codes(refused) == [("/lines/0/slot_id", "slot_full")]
    assert codes(after) == [("/lines/0/slot_id", "slot_full")]


def test_every_line_that_is_refused_is_named() -> None:
    lina = child()
    held, full = booking(lina), booking(child(), TUESDAY)
    (outcome,) = decide(snapshot(held, full, closed=[MONDAY]), [changes((lina, TUESDAY), back=[held])])
    assert codes(outcome) == [("/cancellations/0", "slot_closed"), ("/lines/0/slot_id", "slot_full")]


def test_the_place_that_a_child_gives_back_goes_to_its_brother_in_one_act() -> None:
    lina = child()
    brother = child(lina.household_id)
    held = booking(lina)
    (outcome,) = decide(snapshot(held), [changes((brother, MONDAY), back=[held])])
    first, second, basket = accepted(outcome).events()
    assert isinstance(first, BookingCancelled)
    assert isinstance(second, BookingConfirmed)
    assert isinstance(basket, BasketConfirmed)
    assert (first.child_id, second.child_id) == (lina.child_id, brother.child_id)


def test_a_day_given_back_and_booked_again_in_one_act_has_a_new_booking() -> None:
    """Its place is nobody else's in between, even on a full day."""
    lina = child()
    held = booking(lina)
    (outcome,) = decide(snapshot(held), [changes((lina, MONDAY), back=[held])])
    cancelled, confirmed, _ = accepted(outcome).events()
    assert isinstance(cancelled, BookingCancelled)
    assert isinstance(confirmed, BookingConfirmed)
    assert confirmed.booking_id != cancelled.booking_id == held.booking_id


def test_a_child_moves_from_one_day_to_another() -> None:
    lina = child()
    held = booking(lina)
    newcomer = changes((child(), MONDAY), back=[], guardian_id=None)
    moved, after = decide(snapshot(held), [changes((lina, TUESDAY), back=[held]), newcomer])
    assert [day.slot for day in accepted(moved).days] == [TUESDAY]
    assert [day.slot for day in accepted(after).days] == [MONDAY]


def test_a_place_is_free_for_whoever_comes_after_and_not_before() -> None:
    held = booking(child())
    early, late = (changes((child(), MONDAY), back=[], guardian_id=None) for _ in range(2))
    before, _, after = decide(snapshot(held), [early, changes(back=[held]), late])
    assert codes(before) == [("/lines/0/slot_id", "slot_full")]
    accepted(after)


def test_two_parents_who_give_the_same_day_back_do_so_once() -> None:
    held = booking(child())
    first, second = decide(snapshot(held), [changes(back=[held]), changes(back=[held])])
    assert [type(event) for event in accepted(first).events()] == [BookingCancelled]
    assert accepted(second).events() == []
    assert [given.cancelled_at for given in accepted(second).given_back] == [NOW]


def test_a_booking_of_another_family_is_not_there_for_the_whole() -> None:
    lina = child()
    own, foreign = booking(lina), booking(child(), guardian_id=uuid4())
    made_up = booking(lina)
    wished = changes((lina, TUESDAY), back=[own, foreign, made_up])
    (outcome,) = decide(snapshot(own, foreign, capacity=5), [wished])
    assert isinstance(outcome, NotFound)
    assert codes(outcome) == [("/cancellations/1", "booking_unknown"), ("/cancellations/2", "booking_unknown")]
    agents = replace(wished, guardian_id=None, days=(), cancellations=(foreign.booking_id,))
    (outcome,) = decide(snapshot(own, foreign, capacity=5), [agents])
    assert accepted(outcome).household_id == foreign.household_id


def test_one_act_is_about_one_household() -> None:
    lina, other = child(), child()
    held, elsewhere = booking(lina), booking(other)
    live = snapshot(held, elsewhere, capacity=5)
    (outcome,) = decide(live, [changes(back=[held, elsewhere])])
    assert codes(outcome) == [("/cancellations/1", "other_household")]
    (outcome,) = decide(live, [changes((other, TUESDAY), back=[held], guardian_id=None)])
    assert codes(outcome) == [("/lines/0/child_id", "other_household")]


HOUSEHOLD = [child(household_id) for household_id in [uuid4()] for _ in range(3)]
acts = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(HOUSEHOLD), st.sampled_from([MONDAY, TUESDAY])), max_size=3),
        st.lists(st.integers(0, 2), max_size=3),
    ).filter(lambda act: act[0] or act[1]),
    min_size=1,
    max_size=8,
)


@given(acts, st.integers(1, 3), st.sets(st.sampled_from([0, 1])))
def test_whatever_is_exchanged_each_place_is_had_once_and_none_is_lost(
    wished: list[tuple[list[Wish], list[int]]], capacity: int, closed: set[int]
) -> None:
    held = [booking(who, MONDAY) for who in HOUSEHOLD[:capacity]]
    begun = snapshot(*held, capacity=capacity, closed=[SLOTS[number] for number in closed])
    baskets = [changes(*days, back=[held[number] for number in back if number < capacity]) for days, back in wished]
    baskets = [basket for basket in baskets if basket.days or basket.cancellations]
    live = {(given.slot.slot_id, given.child_id): given.booking_id for given in held}
    for basket, outcome in zip(baskets, decide(begun, baskets), strict=True):
        if not isinstance(outcome, BasketDecision):
            continue
        assert [day.booking_id for day in outcome.days] == [day.booking_id for day in basket.days]
        assert {given.booking_id for given in outcome.given_back} == set(basket.cancellations)
        for event in outcome.events():
            if isinstance(event, BookingCancelled):
                assert live.pop((event.slot_id, event.child_id)) == event.booking_id
            elif isinstance(event, BookingConfirmed):
                assert live.setdefault((event.slot_id, event.child_id), event.booking_id) == event.booking_id
        for slot in (MONDAY, TUESDAY):
            assert sum(slot_id == slot.slot_id for slot_id, _ in live) <= capacity
