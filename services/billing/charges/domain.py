"""What a booked day is owed: decided from all that is known of it, in whatever order it became known."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from contracts.types import Attendance, Cents, ChargeStatus

from ..tariffs.domain import Price, ServiceDay


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to a booking after it was made; each None until it did."""

    cancelled_at: datetime | None = None
    is_cancellation_chargeable: bool | None = None
    attendance: str | None = None
    attendance_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A line owed for a booking, or for the attendance of a child who came unbooked: the day itself (`correction` 0), or a signed difference found later (1, 2...).

    `source_id` is the one of the two ids that it has. `price` is what the day costs and why, None until a tariff is known; `quantity` is -1 on a line that gives it back.
    `run_id` is set while an invoice run holds the line.
    """

    charge_id: UUID
    source_id: UUID
    booking_id: UUID | None
    attendance_id: UUID | None
    correction: int
    day: ServiceDay
    child_id: UUID
    status: ChargeStatus
    quantity: int
    price: Price | None
    facts: Facts
    run_id: UUID | None = None

    @property
    def amount_cents(self) -> Cents | None:
        """What this line adds to what is owed: nothing once void, None while it has no price."""
        if self.status is ChargeStatus.VOID:
            return 0
        return self.quantity * self.price.amount_cents if self.price else None


def standing(facts: Facts) -> ChargeStatus:
    """Whether the day is owed.

    A mark on a closed attendance sheet says what happened and prevails over a cancellation: a child who came is
    charged. A cancellation that came too late is owed at once; after one in time, an absence is owed by nobody. A mark that
    this release does not know decides nothing: the day stays planned, and whoever runs the month is shown it.
    """
    if facts.attendance in (Attendance.PRESENT, Attendance.UNBOOKED):
        return ChargeStatus.DUE
    if facts.attendance == Attendance.ABSENT_EXCUSED:
        return ChargeStatus.VOID
    if facts.cancelled_at is not None:
        return ChargeStatus.DUE if facts.is_cancellation_chargeable else ChargeStatus.VOID
    return ChargeStatus.DUE if facts.attendance == Attendance.ABSENT_UNEXCUSED else ChargeStatus.PLANNED


def next_correction(lines: Sequence[Charge], frozen: Set[UUID]) -> Charge | None:
    """What sets the lines of a day right which is on an invoice; None when they are.

    `lines` is the day, then its corrections; those in `frozen` never change. The answer is a correction to add, or one
    that waited for the next invoice and is void now.
    """
    day = lines[0]
    wanted = 0 if standing(day.facts) is ChargeStatus.VOID else 1
    if wanted == sum(line.quantity for line in lines if line.status is not ChargeStatus.VOID):
        return None
    for line in lines:
        if line.status is ChargeStatus.DUE and line.charge_id not in frozen:
            return replace(line, status=ChargeStatus.VOID, run_id=None)
    return replace(
        day,
        charge_id=_correction_id(day, lines[-1].correction + 1),
        correction=lines[-1].correction + 1,
        quantity=1 if wanted else -1,
        status=ChargeStatus.DUE,
        run_id=None,
    )


def _correction_id(day: Charge, correction: int) -> UUID:
    return uuid5(day.charge_id, str(correction))
