"""Which baskets get their places, and which bookings may be given back. Pure.

Baskets are decided in order of arrival against the places that the database holds locked: first come, first served. A
basket gets all of its days or none. Each day is judged by the rules that the calendar shows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.refusal import FieldRefusal, NotFound, Refusal
from contracts.booking.events import BasketConfirmed, BasketLine, BookingCancelled, BookingConfirmed
from contracts.types import BookingStatus, DayState

from ..calendar.domain import OPEN_STATES, DayFacts, EnrollmentFacts, age_on, derive_booked_state, derive_day_state
from ..errors import BasketRefused, CutoffPassed, SlotClosed


@dataclass(frozen=True, slots=True)
class ChildFacts:
    """A child whom the actor may book for, in the household that the booking will belong to."""

    child_id: UUID
    household_id: UUID
    first_name: str
    birth_on: date


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A day of an activity, without its places."""

    slot_id: UUID
    activity_id: UUID
    activity_label: str
    service_on: date
    cutoff: datetime
    age_min: int
    age_max: int


@dataclass(frozen=True, slots=True)
class WishedDay:
    """A line of a basket; None stands for a child or a slot that is not there for this actor."""

    booking_id: UUID
    child: ChildFacts | None
    slot: SlotFacts | None
    enrollment: EnrollmentFacts | None


@dataclass(frozen=True, slots=True)
class WishedBasket:
    """Days wished together. `guardian_id` is None when an agent acts for the family."""

    basket_id: UUID
    guardian_id: UUID | None
    days: tuple[WishedDay, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a slot, as locked."""

    capacity: int
    taken: int
    is_closed: bool

    def with_one_more(self) -> "Places":
        """These, once one more is taken."""
        return Places(self.capacity, self.taken + 1, self.is_closed)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database holds locked: the places of every slot asked for, and the (slot, child) that are booked."""

    now: datetime
    places: Mapping[UUID, Places]
    booked: Set[tuple[UUID, UUID]]


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A line that got its place."""

    booking_id: UUID
    child: ChildFacts
    slot: SlotFacts


@dataclass(frozen=True, slots=True)
class BasketDecision:
    """A basket that got all of its places."""

    basket_id: UUID
    household_id: UUID
    guardian_id: UUID | None
    days: tuple[BookedDay, ...]
    confirmed_at: datetime

    def events(self) -> list[BookingConfirmed | BasketConfirmed]:
        """What happened: each day, then the basket."""
        confirmed = [
            BookingConfirmed(
                booking_id=day.booking_id,
                basket_id=self.basket_id,
                household_id=self.household_id,
                child_id=day.child.child_id,
                activity_id=day.slot.activity_id,
                slot_id=day.slot.slot_id,
                service_on=day.slot.service_on,
                confirmed_at=self.confirmed_at,
            )
            for day in self.days
        ]
        basket = BasketConfirmed(
            basket_id=self.basket_id,
            household_id=self.household_id,
            guardian_id=self.guardian_id,
            lines=tuple(
                BasketLine(
                    booking_id=day.booking_id,
                    child_id=day.child.child_id,
                    activity_id=day.slot.activity_id,
                    service_on=day.slot.service_on,
                )
                for day in self.days
            ),
            confirmed_at=self.confirmed_at,
        )
        return [*confirmed, basket]


def decide(snapshot: Snapshot, baskets: Sequence[WishedBasket]) -> list[BasketDecision | Refusal]:
    """The outcome of each basket, in the order given, which is the order of arrival."""
    places = dict(snapshot.places)
    booked = set(snapshot.booked)
    seen = Snapshot(snapshot.now, places, booked)  # both change with each basket that gets its places
    outcomes: list[BasketDecision | Refusal] = []
    for basket in baskets:
        outcome = _decide_basket(seen, basket)
        if isinstance(outcome, BasketDecision):
            for day in outcome.days:
                slot_id = day.slot.slot_id
                places[slot_id] = places[slot_id].with_one_more()
                booked.add((slot_id, day.child.child_id))
        outcomes.append(outcome)
    return outcomes


def _decide_basket(snapshot: Snapshot, basket: WishedBasket) -> BasketDecision | Refusal:
    days: list[BookedDay] = []
    unknown: list[FieldRefusal] = []
    refused: list[FieldRefusal] = []
    wanted: Counter[UUID] = Counter()
    for position, wish in enumerate(basket.days):
        if wish.child is None:
            unknown.append(FieldRefusal(f"/lines/{position}/child_id", "child_unknown"))
        elif wish.slot is None:
            unknown.append(FieldRefusal(f"/lines/{position}/slot_id", "slot_unknown"))
        else:
            day = BookedDay(wish.booking_id, wish.child, wish.slot)
            if refusal := _refuse_day(snapshot, day, wish.enrollment, days, wanted[wish.slot.slot_id]):
                refused.append(replace(refusal, pointer=f"/lines/{position}/{refusal.pointer}"))
            wanted[wish.slot.slot_id] += 1
            days.append(day)
    if unknown:
        return NotFound(*unknown)
    if refused:
        return BasketRefused(*refused)
    return BasketDecision(basket.basket_id, days[0].child.household_id, basket.guardian_id, tuple(days), snapshot.now)


def _refuse_day(
    snapshot: Snapshot,
    day: BookedDay,
    enrollment: EnrollmentFacts | None,
    before: Sequence[BookedDay],
    wanted: int,
) -> FieldRefusal | None:
    """Why this line cannot be booked after those `before` it in its basket, or None; `wanted` of them are on its slot."""
    if before and day.child.household_id != before[0].child.household_id:
        return FieldRefusal("child_id", "other_household")
    child, slot = day.child, day.slot
    places = snapshot.places[slot.slot_id]
    is_repeated = any(other.child.child_id == child.child_id and other.slot is slot for other in before)
    is_booked = is_repeated or (slot.slot_id, child.child_id) in snapshot.booked
    verdict = derive_day_state(
        DayFacts(
            now=snapshot.now,
            service_on=slot.service_on,
            cutoff=slot.cutoff,
            capacity=places.capacity,
            taken=places.taken + wanted,
            is_closed=places.is_closed,
            enrollment=enrollment,
            age=age_on(child.birth_on, slot.service_on),
            age_min=slot.age_min,
            age_max=slot.age_max,
            booking=BookingStatus.CONFIRMED if is_booked else None,
        )
    )
    if verdict.state in OPEN_STATES:
        return None
    # A day that the child has already is refused as such, whether or not it could still be cancelled.
    code = "already_booked" if is_booked else str(verdict.reason)
    params = {**verdict.params, "service_on": slot.service_on.isoformat(), "activity": slot.activity_label}
    return FieldRefusal("slot_id", code, tuple(params.items()))


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking and what its day allows, as locked."""

    booking_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    slot_id: UUID
    service_on: date
    status: BookingStatus
    cutoff: datetime
    is_closed: bool


def cancel(booking: BookingFacts, now: datetime) -> BookingCancelled | Refusal | None:
    """Give a booked day back, freely until its cutoff; None when it was given back before."""
    if booking.status is BookingStatus.CANCELLED:
        return None
    verdict = derive_booked_state(now, booking.cutoff, booking.is_closed)
    if verdict.state is not DayState.BOOKED:
        return (SlotClosed if booking.is_closed else CutoffPassed)(**verdict.params)
    return BookingCancelled(
        booking_id=booking.booking_id,
        household_id=booking.household_id,
        child_id=booking.child_id,
        activity_id=booking.activity_id,
        slot_id=booking.slot_id,
        service_on=booking.service_on,
        is_chargeable=False,
        cancelled_at=now,
    )
