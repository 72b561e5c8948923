"""Which baskets get their places, and which bookings are given back. Pure.

A basket holds days that a family wishes and bookings that it gives back. Baskets are decided in order of arrival against
the places that the database holds locked: first come, first served. A basket is carried out whole or not at all; what it
gives back is free before what it wishes is judged, so a place may pass from one child to another. Each day is judged by
the rules that the calendar shows.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from chassis.clock import age_on
from chassis.refusal import FieldRefusal, NotFound, Refusal
from contracts.booking.events import BasketConfirmed, BasketLine, BookingCancelled, BookingConfirmed
from contracts.types import BookingStatus, DayState

from ..calendar.domain import OPEN_STATES, DayFacts, EnrollmentFacts, derive_booked_state, derive_day_state
from ..errors import BasketRefused


@dataclass(frozen=True, slots=True)
class BookableChild:
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
    child: BookableChild | None
    slot: SlotFacts | None
    enrollment: EnrollmentFacts | None


@dataclass(frozen=True, slots=True)
class WishedBasket:
    """Days wished and bookings given back, together. `guardian_id` is None when an agent acts for the family."""

    basket_id: UUID
    guardian_id: UUID | None
    days: tuple[WishedDay, ...]
    cancellations: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a slot, as locked."""

    capacity: int
    taken: int
    is_closed: bool

    def plus(self, count: int) -> "Places":
        """These, once so many more are taken, or fewer when it is negative."""
        return Places(self.capacity, self.taken + count, self.is_closed)


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking as it stands while its slot is locked. `guardian_ids` are those of its household; `first_name` is None
    once the child was erased."""

    booking_id: UUID
    basket_id: UUID
    household_id: UUID
    guardian_ids: Set[UUID]
    child_id: UUID
    first_name: str | None
    slot: SlotFacts
    confirmed_at: datetime
    cancelled_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether it holds a place."""
        return self.cancelled_at is None

    def is_for(self, guardian_id: UUID | None) -> bool:
        """Whether a guardian, or an agent (None), may give it back."""
        return guardian_id is None or guardian_id in self.guardian_ids


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A line that got its place."""

    booking_id: UUID
    child: BookableChild
    slot: SlotFacts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database holds locked: the places of every slot asked for, the (slot, child) that are booked, and the
    bookings to be given back that there are."""

    now: datetime
    places: Mapping[UUID, Places]
    booked: Set[tuple[UUID, UUID]]
    bookings: Mapping[UUID, BookingFacts] = field(default_factory=dict)

    def after(self, freed: Sequence[BookingFacts], days: Sequence[BookedDay] = ()) -> "Snapshot":
        """The same, once these bookings are given back and these days are booked."""
        places, booked, bookings = dict(self.places), set(self.booked), dict(self.bookings)
        for booking in freed:
            places[booking.slot.slot_id] = places[booking.slot.slot_id].plus(-1)
            booked.discard((booking.slot.slot_id, booking.child_id))
            bookings[booking.booking_id] = replace(booking, cancelled_at=self.now)
        for day in days:
            places[day.slot.slot_id] = places[day.slot.slot_id].plus(1)
            booked.add((day.slot.slot_id, day.child.child_id))
        return Snapshot(self.now, places, booked, bookings)


@dataclass(frozen=True, slots=True)
class BasketDecision:
    """A basket that is carried out: its days have their places, and each booking that it gives back is cancelled.

    `given_back` has each of these once, as it stood before: one that is not live was cancelled by an earlier act.
    """

    basket_id: UUID
    household_id: UUID
    guardian_id: UUID | None
    days: tuple[BookedDay, ...]
    decided_at: datetime
    given_back: tuple[BookingFacts, ...] = ()

    @property
    def freed(self) -> list[BookingFacts]:
        """The bookings whose places are free by this decision."""
        return [booking for booking in self.given_back if booking.is_live]

    def events(self) -> list[BookingCancelled | BookingConfirmed | BasketConfirmed]:
        """What happened: each day given back, each day booked, then the basket if it booked any."""
        cancelled = [
            BookingCancelled(
                booking_id=booking.booking_id,
                household_id=booking.household_id,
                child_id=booking.child_id,
                activity_id=booking.slot.activity_id,
                slot_id=booking.slot.slot_id,
                service_on=booking.slot.service_on,
                is_chargeable=False,
                cancelled_at=self.decided_at,
            )
            for booking in self.freed
        ]
        confirmed = [
            BookingConfirmed(
                booking_id=day.booking_id,
                basket_id=self.basket_id,
                household_id=self.household_id,
                child_id=day.child.child_id,
                activity_id=day.slot.activity_id,
                slot_id=day.slot.slot_id,
                service_on=day.slot.service_on,
                confirmed_at=self.decided_at,
            )
            for day in self.days
        ]
        return [*cancelled, *confirmed, *([self._basket()] if self.days else [])]

    def _basket(self) -> BasketConfirmed:
        lines = tuple(
            BasketLine(
                booking_id=day.booking_id,
                child_id=day.child.child_id,
                activity_id=day.slot.activity_id,
                service_on=day.slot.service_on,
            )
            for day in self.days
        )
        return BasketConfirmed(
            basket_id=self.basket_id,
            household_id=self.household_id,
            guardian_id=self.guardian_id,
            lines=lines,
            confirmed_at=self.decided_at,
        )


def decide(snapshot: Snapshot, baskets: Sequence[WishedBasket]) -> list[BasketDecision | Refusal]:
    """The outcome of each basket, in the order given, which is the order of arrival."""
    outcomes: list[BasketDecision | Refusal] = []
    for basket in baskets:
        outcome = _decide_basket(snapshot, basket)
        if isinstance(outcome, BasketDecision):
            snapshot = snapshot.after(outcome.freed, outcome.days)
        outcomes.append(outcome)
    return outcomes


def _decide_basket(snapshot: Snapshot, basket: WishedBasket) -> BasketDecision | Refusal:
    given_back: dict[UUID, BookingFacts] = {}
    days: list[BookedDay] = []
    unknown: list[FieldRefusal] = []
    refused: list[FieldRefusal] = []
    household_id = None
    for position, booking_id in enumerate(basket.cancellations):
        booking = snapshot.bookings.get(booking_id)
        if booking is None or not booking.is_for(basket.guardian_id):
            unknown.append(FieldRefusal(f"/cancellations/{position}", "booking_unknown"))
            continue
        household_id = household_id or booking.household_id
        if refusal := _refuse_cancellation(snapshot, booking, household_id):
            refused.append(replace(refusal, pointer=f"/cancellations/{position}"))
        else:
            given_back[booking_id] = booking
    if freed := [booking for booking in given_back.values() if booking.is_live]:
        snapshot = snapshot.after(freed)
    for position, wish in enumerate(basket.days):
        if wish.child is None:
            unknown.append(FieldRefusal(f"/lines/{position}/child_id", "child_unknown"))
        elif wish.slot is None:
            unknown.append(FieldRefusal(f"/lines/{position}/slot_id", "slot_unknown"))
        else:
            household_id = household_id or wish.child.household_id
            day = BookedDay(wish.booking_id, wish.child, wish.slot)
            if day.child.household_id != household_id:
                refused.append(FieldRefusal(f"/lines/{position}/child_id", "other_household"))
            elif refusal := _refuse_day(snapshot, day, wish.enrollment, days):
                refused.append(replace(refusal, pointer=f"/lines/{position}/{refusal.pointer}"))
            days.append(day)
    if unknown or household_id is None:
        return NotFound(*unknown)
    if refused:
        return BasketRefused(*refused)
    return BasketDecision(
        basket.basket_id, household_id, basket.guardian_id, tuple(days), snapshot.now, tuple(given_back.values())
    )


def _refuse_cancellation(snapshot: Snapshot, booking: BookingFacts, household_id: UUID) -> FieldRefusal | None:
    """Why a booking cannot be given back, or None; to give back what was given back before changes nothing."""
    if booking.household_id != household_id:
        return FieldRefusal("", "other_household")
    verdict = derive_booked_state(snapshot.now, booking.slot.cutoff, snapshot.places[booking.slot.slot_id].is_closed)
    if not booking.is_live or verdict.state is DayState.BOOKED:
        return None
    return _about(booking.slot, "", str(verdict.reason), verdict.params)


def _refuse_day(
    snapshot: Snapshot, day: BookedDay, enrollment: EnrollmentFacts | None, before: Sequence[BookedDay]
) -> FieldRefusal | None:
    """Why this line cannot be booked after those `before` it in its basket, or None."""
    child, slot = day.child, day.slot
    places = snapshot.places[slot.slot_id]
    beside = [other.child.child_id for other in before if other.slot is slot]
    is_booked = child.child_id in beside or (slot.slot_id, child.child_id) in snapshot.booked
    verdict = derive_day_state(
        DayFacts(
            now=snapshot.now,
            service_on=slot.service_on,
            cutoff=slot.cutoff,
            capacity=places.capacity,
            taken=places.taken + len(beside),
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
    return _about(slot, "slot_id", code, verdict.params)


def _about(slot: SlotFacts, pointer: str, code: str, params: Mapping[str, str]) -> FieldRefusal:
    """A refusal that names its day."""
    facts = {**params, "service_on": slot.service_on.isoformat(), "activity": slot.activity_label}
    return FieldRefusal(pointer, code, tuple(facts.items()))
