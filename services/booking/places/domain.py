"""Places and presence: what is left in the pools of a slot, and where a child is at which minutes of a day. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from contracts.booking.events import BookingCancelled
from contracts.types import BookingStatus

LIVE: Final = frozenset({BookingStatus.HELD, BookingStatus.REQUESTED, BookingStatus.CONFIRMED})
"""The states in which a booking has a place and the child is there."""
NEW: Final = BookingStatus.CONFIRMED
"""The state of a booking that a basket makes."""


def given_back(status: BookingStatus) -> BookingStatus:
    """The state of a booking once it is given back; one that has no place stays as it is."""
    return BookingStatus.CANCELLED if status in LIVE else status


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a pool, as locked."""

    capacity: int
    taken: int

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    def plus(self, count: int) -> "Places":
        """These, once so many more are taken, or fewer when it is negative."""
        return Places(self.capacity, self.taken + count)


def tightest(pools: Iterable[Places]) -> Places:
    """The places of whichever pool has the fewest left: a slot has as many."""
    return min(pools, key=lambda places: places.free)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit of an activity: civil minutes of the day, the last excluded, and the units that a child cannot have beside it."""

    code: str
    label: str
    begins: int
    ends: int
    excludes: Set[str] = frozenset()

    def overlaps(self, other: "UnitFacts") -> bool:
        return self.begins < other.ends and other.begins < self.ends


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A unit of an activity on a day, without its places: those of `pool_ids`. `is_closed`: its sheet is; `required_documents`: the codes
    of what its activity asks for first."""

    slot_id: UUID
    activity_id: UUID
    site_code: str
    activity_label: str
    unit: UnitFacts
    service_on: date
    cutoff: datetime
    age_min: int
    age_max: int
    pool_ids: tuple[UUID, ...]
    is_closed: bool
    required_documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking as it stands while its places are locked. `giver_ids` are the adults who may give it back; `first_name` is None
    once the child was erased. `is_recorded`: a closing published a mark of it; `is_present`: the child is marked as there."""

    booking_id: UUID
    basket_id: UUID
    household_id: UUID
    giver_ids: Set[UUID]
    child_id: UUID
    first_name: str | None
    slot: SlotFacts
    confirmed_at: datetime
    status: BookingStatus = BookingStatus.CONFIRMED
    cancelled_at: datetime | None = None
    is_recorded: bool = False
    is_present: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether a closing said what became of it: a sheet that is open again for a correction undoes nothing."""
        return self.slot.is_closed or self.is_recorded

    @property
    def is_live(self) -> bool:
        """Whether it has a place."""
        return self.status in LIVE

    def cancellation(self, at: datetime) -> BookingCancelled:
        """What happened when it was given back, in time."""
        return BookingCancelled(
            booking_id=self.booking_id,
            household_id=self.household_id,
            child_id=self.child_id,
            activity_id=self.slot.activity_id,
            unit_code=self.slot.unit.code,
            slot_id=self.slot.slot_id,
            service_on=self.slot.service_on,
            is_chargeable=False,
            cancelled_at=at,
        )

    def is_for(self, guardian_id: UUID | None) -> bool:
        """Whether a guardian, or an agent (None), may give it back."""
        return guardian_id is None or guardian_id in self.giver_ids


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a child is on a day: a live booking, of whichever of its households, or a sheet on which it is marked as come unbooked."""

    slot_id: UUID
    household_id: UUID
    activity_id: UUID
    site_code: str
    activity_label: str
    unit: UnitFacts
    is_booked: bool = True

    @classmethod
    def at(cls, slot: SlotFacts, household_id: UUID) -> "Stay":
        """That of a booking of this slot."""
        return cls(slot.slot_id, household_id, slot.activity_id, slot.site_code, slot.activity_label, slot.unit)


def came_unbooked(slot_id: UUID, stays: Iterable[Stay]) -> bool:
    """Whether a child is marked there without having booked."""
    return any(stay.slot_id == slot_id and not stay.is_booked for stay in stays)


def elsewhere(unit: UnitFacts, stays: Iterable[Stay]) -> Stay | None:
    """Where a child is already at minutes of this unit."""
    return next((stay for stay in stays if stay.unit.overlaps(unit)), None)


def excluding(activity_id: UUID, unit: UnitFacts, stays: Iterable[Stay]) -> Stay | None:
    """The unit of the same activity and day that a child has, and with which it cannot have this one."""
    return next((stay for stay in stays if stay.activity_id == activity_id and stay.unit.code in unit.excludes), None)
