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

from chassis.refusal import FieldRefusal, HouseholdAmbiguous, NotFound, Refusal
from contracts.booking.events import BasketConfirmed, BasketLine, BookingCancelled, BookingConfirmed
from contracts.types import BookingStatus, DayState

from ..calendar.domain import (
    OPEN_STATES,
    ChildOnDay,
    EnrollmentFacts,
    Standing,
    day_facts,
    derive_booked_state,
    derive_day_state,
)
from ..delegations.domain import Delegation
from ..documents.domain import Gap
from ..errors import BasketRefused
from ..places.domain import BookingFacts, Places, SlotFacts, Stay, given_back, tightest


@dataclass(frozen=True, slots=True)
class BookableChild:
    """A child whom the actor may book for, in the household that the booking will belong to."""

    child_id: UUID
    household_id: UUID
    first_name: str
    birth_on: date


@dataclass(frozen=True, slots=True)
class WishedDay:
    """A line of a basket; None stands for a child or a slot that is not there for this actor. `homes` are the references of the households for which
    it may be, by id, when these are several; `gap` what is still to be brought."""

    booking_id: UUID
    child: BookableChild | None
    slot: SlotFacts | None
    enrollment: EnrollmentFacts | None
    homes: Mapping[UUID, str] = field(default_factory=dict)
    standing: Standing = Standing()  # noqa: RUF009 - it is frozen
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class WishedBasket:
    """Days wished and bookings given back, together. `guardian_id` is None when an agent acts for the family, `household_id` when
    nobody said for whom, `sites` when it is somebody who acts everywhere; with a `delegation` somebody acts as the guardian who gave it."""

    basket_id: UUID
    guardian_id: UUID | None
    days: tuple[WishedDay, ...]
    cancellations: tuple[UUID, ...] = ()
    household_id: UUID | None = None
    sites: Set[str] | None = None
    delegation: Delegation | None = None

    def reaches(self, slot: SlotFacts) -> bool:
        """Whether whoever asks works where this is."""
        return self.sites is None or slot.site_code in self.sites

    def has(self, booking: BookingFacts) -> bool:
        """Whether whoever asks may give this booking back."""
        is_entrusted = self.delegation is None or self.delegation.has(booking)
        return is_entrusted and booking.is_for(self.guardian_id) and self.reaches(booking.slot)

    def beyond(self, slot: SlotFacts) -> FieldRefusal | None:
        """What a delegation has against a day."""
        return self.delegation.beyond(slot) if self.delegation else None


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A line that got its place."""

    booking_id: UUID
    child: BookableChild
    slot: SlotFacts


Day = tuple[UUID, date]
"""A child, on a date."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database holds locked: the places of every pool asked for, where the children are on the days asked for, and the
    bookings to be given back that there are."""

    now: datetime
    places: Mapping[UUID, Places]
    stays: Mapping[Day, Sequence[Stay]]
    bookings: Mapping[UUID, BookingFacts] = field(default_factory=dict)

    def after(self, freed: Sequence[BookingFacts], days: Sequence[BookedDay] = ()) -> "Snapshot":
        """The same, once these bookings are given back and these days are booked."""
        places, stays, bookings = dict(self.places), dict(self.stays), dict(self.bookings)
        for booking in freed:
            slot, day = booking.slot, (booking.child_id, booking.slot.service_on)
            for pool_id in slot.pool_ids:
                places[pool_id] = places[pool_id].plus(-1)
            left = Stay.at(slot, booking.household_id)
            stays[day] = [stay for stay in stays.get(day, ()) if stay != left]
            bookings[booking.booking_id] = replace(booking, status=given_back(booking.status), cancelled_at=self.now)
        for line in days:
            for pool_id in line.slot.pool_ids:
                places[pool_id] = places[pool_id].plus(1)
            day = (line.child.child_id, line.slot.service_on)
            stays[day] = [*stays.get(day, ()), Stay.at(line.slot, line.child.household_id)]
        return Snapshot(self.now, places, stays, bookings)


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
    delegation_id: UUID | None = None

    @property
    def freed(self) -> list[BookingFacts]:
        """The bookings whose places are free by this decision."""
        return [booking for booking in self.given_back if booking.is_live]

    def events(self) -> list[BookingCancelled | BookingConfirmed | BasketConfirmed]:
        """What happened: each day given back, each day booked, then the basket if it booked any."""
        cancelled = [booking.cancellation(self.decided_at) for booking in self.freed]
        confirmed = [
            BookingConfirmed(
                booking_id=day.booking_id,
                basket_id=self.basket_id,
                household_id=self.household_id,
                child_id=day.child.child_id,
                activity_id=day.slot.activity_id,
                unit_code=day.slot.unit.code,
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
                unit_code=day.slot.unit.code,
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
            delegation_id=self.delegation_id,
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
    if homes := next((wish.homes for wish in basket.days if wish.homes), None):
        return HouseholdAmbiguous.between(homes)
    if missing := unreached(snapshot, basket):
        return missing
    given: dict[UUID, BookingFacts] = {}
    days: list[BookedDay] = []
    refused: list[FieldRefusal] = []
    household_id = basket.household_id
    for position, booking_id in enumerate(basket.cancellations):
        booking = snapshot.bookings[booking_id]
        household_id = household_id or booking.household_id
        if refusal := basket.beyond(booking.slot) or _refuse_cancellation(snapshot, booking, household_id):
            refused.append(replace(refusal, pointer=f"/cancellations/{position}"))
        else:
            given[booking_id] = booking
    if freed := [booking for booking in given.values() if booking.is_live]:
        snapshot = snapshot.after(freed)
    for position, wish in enumerate(basket.days):
        if wish.child is not None and wish.slot is not None:
            household_id = household_id or wish.child.household_id
            day = BookedDay(wish.booking_id, wish.child, wish.slot)
            if day.child.household_id != household_id:
                refused.append(FieldRefusal(f"/lines/{position}/child_id", "other_household"))
            elif refusal := basket.beyond(wish.slot) or _refuse_day(snapshot, day, wish, days, basket.sites):
                refused.append(replace(refusal, pointer=f"/lines/{position}/{refusal.pointer}"))
            days.append(day)
    if refused:
        return BasketRefused(*refused)
    if household_id is None:
        return NotFound()
    delegation_id = basket.delegation.delegation_id if basket.delegation else None
    guardian_id = None if basket.delegation else basket.guardian_id
    done = (tuple(days), snapshot.now, tuple(given.values()))
    return BasketDecision(basket.basket_id, household_id, guardian_id, *done, delegation_id)


def unreached(snapshot: Snapshot, basket: WishedBasket) -> NotFound | None:
    """The refusal of a basket that names what is not there for whoever asks, also when it was carried out before."""
    bookings = (snapshot.bookings.get(booking_id) for booking_id in basket.cancellations)
    unknown = [
        FieldRefusal(f"/cancellations/{position}", "booking_unknown")
        for position, booking in enumerate(bookings)
        if booking is None or not basket.has(booking)
    ]
    for position, wish in enumerate(basket.days):
        if refusal := _unknown_of_line(snapshot, basket, wish):
            unknown.append(replace(refusal, pointer=f"/lines/{position}/{refusal.pointer}"))
    return NotFound(*unknown) if unknown else None


def _unknown_of_line(snapshot: Snapshot, basket: WishedBasket, wish: WishedDay) -> FieldRefusal | None:
    if wish.child is None:
        return FieldRefusal("child_id", "child_unknown")
    if (
        wish.slot is None
        or not basket.reaches(wish.slot)
        or not all(pool_id in snapshot.places for pool_id in wish.slot.pool_ids)
    ):
        return FieldRefusal("slot_id", "slot_unknown")
    return None


def _refuse_cancellation(snapshot: Snapshot, booking: BookingFacts, household_id: UUID) -> FieldRefusal | None:
    """Why a booking cannot be given back, or None; to give back what was given back before changes nothing."""
    if booking.household_id != household_id:
        return FieldRefusal("", "other_household")
    verdict = derive_booked_state(snapshot.now, booking.slot.cutoff, booking.is_closed, booking.is_present)
    if not booking.is_live or verdict.state is DayState.BOOKED:
        return None
    return _about(booking.slot, "", str(verdict.reason), verdict.params)


def _refuse_day(
    snapshot: Snapshot, day: BookedDay, wish: WishedDay, before: Sequence[BookedDay], sites: Set[str] | None
) -> FieldRefusal | None:
    """Why this line cannot be booked after those `before` it in its basket, by somebody of these sites, or None."""
    child, slot = day.child, day.slot
    own = Stay.at(slot, child.household_id)
    beside = [
        line for line in before if line.child.child_id == child.child_id and line.slot.service_on == slot.service_on
    ]
    stays = [
        *snapshot.stays.get((child.child_id, slot.service_on), ()),
        *(Stay.at(line.slot, line.child.household_id) for line in beside),
    ]
    is_booked = own in stays
    places = tightest(
        snapshot.places[pool_id].plus(sum(pool_id in line.slot.pool_ids for line in before))
        for pool_id in slot.pool_ids
    )
    booking = BookingStatus.CONFIRMED if is_booked else None
    on_day = ChildOnDay(child.birth_on, wish.enrollment, booking, stays, wish.standing, gap=wish.gap)
    verdict = derive_day_state(day_facts(snapshot.now, slot, places, on_day, sites))
    if verdict.state in OPEN_STATES:
        return None
    # A day that the child has already is refused as such, whether or not it could still be cancelled.
    code = "already_booked" if is_booked else str(verdict.reason)
    return _about(slot, "slot_id", code, verdict.params)


def _about(slot: SlotFacts, pointer: str, code: str, params: Mapping[str, str]) -> FieldRefusal:
    """A refusal that names its day."""
    facts = {**params, "service_on": slot.service_on.isoformat(), "activity": slot.activity_label}
    return FieldRefusal(pointer, code, tuple(facts.items()))
