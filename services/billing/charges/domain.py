"""What is owed for a day, and by whom: decided from all that is known of it, in whatever order it became known.

Lines are decided anew and compared with those that stand; they are never patched. What is already so keeps its id.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from contracts.types import Attendance, Cents, ChargeStatus

from ..payers.domain import Part, divided
from ..tariffs.domain import Price, ServiceDay


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to a booking after it was made; each None until it did."""

    cancelled_at: datetime | None = None
    is_cancellation_chargeable: bool | None = None
    attendance: str | None = None
    attendance_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What something may be owed for: a booking, or else the attendance of a child who came unbooked. `day` names the household
    that booked."""

    source_id: UUID
    is_booked: bool
    child_id: UUID
    day: ServiceDay

    @property
    def booking_id(self) -> UUID | None:
        return self.source_id if self.is_booked else None

    @property
    def attendance_id(self) -> UUID | None:
        return None if self.is_booked else self.source_id


@dataclass(frozen=True, slots=True)
class Charge:
    """What a payer owes for a day: the day itself (`correction` 0), or a signed difference found later (1, 2...).

    `part` says whose it is. `price` is what the payer's part costs and why, None until a tariff is known; `quantity` is -1 on a
    line that gives it back. `run_id` is set while an invoice run holds the line.
    """

    charge_id: UUID
    source: Source
    part: Part
    status: ChargeStatus
    price: Price | None
    correction: int = 0
    quantity: int = 1
    run_id: UUID | None = None

    @property
    def day(self) -> ServiceDay:
        """What is priced: the day, for the household whose payer it is."""
        return replace(self.source.day, household_id=self.part.household_id)

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


@dataclass(frozen=True, slots=True)
class Changes:
    """How the lines of days change: those that are gone, those to be written, and those of which others hear."""

    gone: tuple[Charge, ...] = ()
    written: tuple[Charge, ...] = ()
    published: tuple[Charge, ...] = ()

    @classmethod
    def of(cls, of_days: Iterable["Changes"]) -> "Changes":
        """The changes of several days as one, in their order."""
        days = list(of_days)
        return cls(
            tuple(line for day in days for line in day.gone),
            tuple(line for day in days for line in day.written),
            tuple(line for day in days for line in day.published),
        )


PricedPart = tuple[Part, Price | None]


def decided_lines(
    source: Source, status: ChargeStatus, parts: Sequence[PricedPart], known: Iterable[Charge]
) -> list[Charge]:
    """The lines of a day that is on no invoice, `known` being those that stand: one for each payer.

    A line keeps its price when no grid is known any more.
    """
    standing_lines = {line.part.account_id: line for line in known}
    lines = []
    for part, price in divided_prices(parts):
        line = standing_lines.get(part.account_id)
        if line is None:
            lines.append(Charge(charge_id_of(source, part), source, part, status, price))
            continue
        kept = line.price if line.part == part else None
        run_id = line.run_id if status is ChargeStatus.DUE else None
        lines.append(replace(line, part=part, status=status, price=price or kept, run_id=run_id))
    return lines


def divided_prices(parts: Sequence[PricedPart]) -> list[PricedPart]:
    """The price of the whole day for each payer, made the price of their part."""
    if any(price is None for _, price in parts):
        return [(part, None) for part, _ in parts]
    prices = [price for _, price in parts if price]
    amounts = divided(
        [(price.amount_cents, part.share_basis_points) for (part, _), price in zip(parts, prices, strict=True)]
    )
    return [
        (part, replace(price, amount_cents=amount))
        for (part, _), price, amount in zip(parts, prices, amounts, strict=True)
    ]


def compared(known: Sequence[Charge], wanted: Sequence[Charge]) -> Changes:
    """How lines that stand become those that are wanted: nothing is written of what is already so, nor published of what is owed as before."""
    before = {line.charge_id: line for line in known}
    kept = {line.charge_id for line in wanted}
    gone = tuple(line for line in known if line.charge_id not in kept)
    ended = tuple(replace(line, status=ChargeStatus.VOID) for line in gone if line.status is not ChargeStatus.VOID)
    written = tuple(line for line in wanted if before.get(line.charge_id) != line)
    heard = tuple(line for line in written if _said(before.get(line.charge_id)) != _said(line))
    return Changes(gone, written, ended + heard)


def _said(line: Charge | None) -> tuple[object, ...]:
    return (line.status, line.amount_cents, line.part) if line else ()


def charge_id_of(source: Source, part: Part) -> UUID:
    """The line of an account for a day: the same one, should it come back."""
    return uuid5(source.source_id, str(part.account_id))


def next_correction(lines: Sequence[Charge], facts: Facts, frozen: Set[UUID]) -> Charge | None:
    """What sets the lines right that a payer has for a day of which something is on an invoice; None when they are.

    `lines` is the day, then its corrections; those in `frozen` never change. The answer is a correction to add, or a line
    that waits for the next invoice and is another one now.
    """
    day = lines[0]
    status = standing(facts)
    if day.charge_id not in frozen:
        run_id = day.run_id if status is ChargeStatus.DUE else None
        return replace(day, status=status, run_id=run_id) if status is not day.status else None
    wanted = 0 if status is ChargeStatus.VOID else 1
    if wanted == sum(line.quantity for line in lines if line.status is not ChargeStatus.VOID):
        return None
    for line in lines:
        if line.status is ChargeStatus.DUE and line.charge_id not in frozen:
            return replace(line, status=ChargeStatus.VOID, run_id=None)
    correction = lines[-1].correction + 1
    return replace(
        day,
        charge_id=uuid5(day.charge_id, str(correction)),
        correction=correction,
        quantity=1 if wanted else -1,
        status=ChargeStatus.DUE,
        run_id=None,
    )
