"""Storage of charges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.data.database import Row, Transaction
from chassis.identifiers import new_id
from contracts.types import ChargeStatus

from ..tariffs.domain import Price, QuotientInForce, ServiceDay
from .domain import Charge, Facts


class BookingEvent(Protocol):
    """What every event about a day has: which day of which child it is about."""

    @property
    def booking_id(self) -> UUID | None: ...
    @property
    def household_id(self) -> UUID: ...
    @property
    def child_id(self) -> UUID: ...
    @property
    def activity_id(self) -> UUID: ...
    @property
    def service_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Note:
    """Facts of a day. `attendance_id` is what is owed when there is no booking."""

    day: BookingEvent
    facts: Facts
    attendance_id: UUID | None = None

    @property
    def source_id(self) -> UUID | None:
        """What is owed."""
        return self.day.booking_id or self.attendance_id


NOTE_FACTS_SQL = """
insert into charges as c (charge_id, booking_id, attendance_id, household_id, child_id, activity_id, service_on, status,
    cancelled_at, is_cancellation_chargeable, attendance, attendance_at, recorded_at)
select charge_id, booking_id, attendance_id, household_id, child_id, activity_id, service_on, 'planned',
    cancelled_at, is_cancellation_chargeable, attendance, attendance_at, $12::timestamptz
from (
    select *, pg_advisory_xact_lock_shared(hashtextextended('pricing ' || household_id, 0))
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::date[], $8::timestamptz[],
                $9::boolean[], $10::text[], $11::timestamptz[])
        as noted(charge_id, booking_id, attendance_id, household_id, child_id, activity_id, service_on, cancelled_at,
                 is_cancellation_chargeable, attendance, attendance_at)
) as held
on conflict (source_id, correction) do update set
    cancelled_at = coalesce(excluded.cancelled_at, c.cancelled_at),
    is_cancellation_chargeable = coalesce(excluded.is_cancellation_chargeable, c.is_cancellation_chargeable),
    attendance = case when excluded.attendance_at >= coalesce(c.attendance_at, '-infinity')
                      then excluded.attendance else c.attendance end,
    attendance_at = greatest(excluded.attendance_at, c.attendance_at)
returning *, (c.xmax = 0) as is_new
"""


async def note_facts(tx: Transaction, notes: Sequence[Note], recorded_at: datetime) -> list[tuple[Charge, bool]]:
    """Add facts to the charges of different days: each charge, locked, and whether it was unknown until now.

    Facts may come in any order: the latest attendance mark counts, a cancellation is never undone. Until this transaction
    ends, nobody applies new quotients to the households: either it prices with them, or they will find its charges.
    """
    rows = await tx.fetch(
        NOTE_FACTS_SQL,
        [new_id() for _ in notes],
        [note.day.booking_id for note in notes],
        [note.attendance_id for note in notes],
        [note.day.household_id for note in notes],
        [note.day.child_id for note in notes],
        [note.day.activity_id for note in notes],
        [note.day.service_on for note in notes],
        [note.facts.cancelled_at for note in notes],
        [note.facts.is_cancellation_chargeable for note in notes],
        [note.facts.attendance for note in notes],
        [note.facts.attendance_at for note in notes],
        recorded_at,
    )
    return [(charge_of(row), row["is_new"]) for row in rows]


LOCK_RUNS_SQL = "select run_id, status from invoice_runs where run_id = any($1::uuid[]) order by run_id for share"


async def frozen(tx: Transaction, charges: Sequence[Charge]) -> set[UUID]:
    """Those of these locked charges that are on an invoice, or on one that is being issued.

    A run that is still a draft cannot go further before this transaction ends.
    """
    runs = {c.run_id for c in charges if c.run_id and c.status is not ChargeStatus.INVOICED}
    issuing = set()
    if runs:
        rows = await tx.fetch(LOCK_RUNS_SQL, sorted(runs))
        issuing = {row["run_id"] for row in rows if row["status"] in ("issuing", "issued")}
    return {c.charge_id for c in charges if c.status is ChargeStatus.INVOICED or c.run_id in issuing}


LINES_OF_DAY_SQL = "select * from charges where source_id = $1 order by correction for update"


async def lock_lines(tx: Transaction, source_id: UUID) -> list[Charge]:
    """Every line of what is owed, locked: the day, then its corrections."""
    return [charge_of(row) for row in await tx.fetch(LINES_OF_DAY_SQL, source_id)]


SAVE_CHARGES_SQL = """
update charges c set
    status = v.status, unit_cents = v.unit_cents, tariff_code = v.tariff_code, tariff_label = v.tariff_label,
    grid_version = v.grid_version, bracket_label = v.bracket_label, quotient_cents = v.quotient_cents,
    quotient_on = v.quotient_on, run_id = v.run_id, recorded_at = $11
from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::integer[],
            $9::date[], $10::uuid[])
    as v(charge_id, status, unit_cents, tariff_code, tariff_label, grid_version, bracket_label, quotient_cents,
         quotient_on, run_id)
where c.charge_id = v.charge_id
"""


async def save(tx: Transaction, charges: Sequence[Charge], recorded_at: datetime) -> None:
    """Write what was decided for these charges."""
    prices = [charge.price for charge in charges]
    quotients = [price.quotient if price else None for price in prices]
    await tx.execute(
        SAVE_CHARGES_SQL,
        [charge.charge_id for charge in charges],
        [charge.status.value for charge in charges],
        [price and price.amount_cents for price in prices],
        [price and price.tariff_code for price in prices],
        [price and price.tariff_label for price in prices],
        [price and price.grid_version for price in prices],
        [price and price.bracket_label for price in prices],
        [quotient and quotient.value_cents for quotient in quotients],
        [quotient and quotient.effective_on for quotient in quotients],
        [charge.run_id for charge in charges],
        recorded_at,
    )


ADD_CORRECTION_SQL = """
insert into charges (charge_id, booking_id, attendance_id, correction, quantity, household_id, child_id, activity_id,
    service_on, status, recorded_at)
select $2, booking_id, attendance_id, $3, $4, household_id, child_id, activity_id, service_on, 'due', $5
from charges where charge_id = $1
"""


async def add_correction(tx: Transaction, day: Charge, line: Charge, recorded_at: datetime) -> None:
    await tx.execute(ADD_CORRECTION_SQL, day.charge_id, line.charge_id, line.correction, line.quantity, recorded_at)
    await save(tx, [line], recorded_at)


def charge_of(row: Row) -> Charge:
    price = None
    if row["grid_version"] is not None:
        quotient = QuotientInForce(row["quotient_cents"], row["quotient_on"]) if row["quotient_on"] else None
        price = Price(
            row["unit_cents"],
            row["tariff_code"],
            row["tariff_label"],
            row["grid_version"],
            row["bracket_label"],
            quotient,
        )
    return Charge(
        charge_id=row["charge_id"],
        source_id=row["source_id"],
        booking_id=row["booking_id"],
        attendance_id=row["attendance_id"],
        correction=row["correction"],
        day=ServiceDay(row["household_id"], row["activity_id"], row["service_on"]),
        child_id=row["child_id"],
        status=ChargeStatus(row["status"]),
        quantity=row["quantity"],
        price=price,
        facts=Facts(
            row["cancelled_at"],
            row["is_cancellation_chargeable"],
            row["attendance"],
            row["attendance_at"],
        ),
        run_id=row["run_id"],
    )
