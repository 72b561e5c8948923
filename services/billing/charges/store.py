"""Storage of days for which something may be owed, and of what their payers owe for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.types import ChargeStatus

from ..payers.domain import Part
from ..tariffs.domain import Price, QuotientInForce, ServiceDay, Want
from .domain import Charge, Facts, Source


@dataclass(frozen=True, slots=True)
class KnownDay:
    """A day for which something may be owed, and all that is known of it; one that `is_new` was never heard of before, and nobody
    owes anything for it yet."""

    source: Source
    facts: Facts
    is_new: bool = False

    @property
    def source_id(self) -> UUID:
        """What is owed."""
        return self.source.source_id


NOTE_FACTS_SQL = """
insert into service_days as d (source_id, is_booked, household_id, child_id, activity_id, service_on, cancelled_at,
    is_cancellation_chargeable, attendance, attendance_at)
select * from unnest($1::uuid[], $2::boolean[], $3::uuid[], $4::uuid[], $5::uuid[], $6::date[], $7::timestamptz[], $8::boolean[],
    $9::text[], $10::timestamptz[])
on conflict (source_id) do update set
    cancelled_at = coalesce(excluded.cancelled_at, d.cancelled_at),
    is_cancellation_chargeable = coalesce(excluded.is_cancellation_chargeable, d.is_cancellation_chargeable),
    attendance = case when excluded.attendance_at >= coalesce(d.attendance_at, '-infinity')
                      then excluded.attendance else d.attendance end,
    attendance_at = greatest(excluded.attendance_at, d.attendance_at)
returning *, xmax = 0 as is_new
"""


async def note_facts(tx: Transaction, notes: Sequence[KnownDay]) -> list[KnownDay]:
    """Add facts to different days: each day with all that is known of it, locked, in the order given.

    Facts may come in any order: the latest attendance mark counts, a cancellation is never undone.
    """
    in_order = sorted(notes, key=lambda note: note.source_id)
    rows = await tx.fetch(
        NOTE_FACTS_SQL,
        [note.source_id for note in in_order],
        [note.source.is_booked for note in in_order],
        [note.source.day.household_id for note in in_order],
        [note.source.child_id for note in in_order],
        [note.source.day.activity_id for note in in_order],
        [note.source.day.service_on for note in in_order],
        [note.facts.cancelled_at for note in in_order],
        [note.facts.is_cancellation_chargeable for note in in_order],
        [note.facts.attendance for note in in_order],
        [note.facts.attendance_at for note in in_order],
    )
    days = {row["source_id"]: replace(_day_of(row), is_new=row["is_new"]) for row in rows}
    return [days[note.source_id] for note in notes]


DAYS_SQL = "select * from service_days where source_id = any($1::uuid[]) order by source_id"

LOCK_DAYS_SQL = "select * from service_days where source_id = any($1::uuid[]) order by source_id for update"


async def days_of(queries: Queries, source_ids: Collection[UUID]) -> list[KnownDay]:
    """These days, in the order of their ids."""
    return [_day_of(row) for row in await queries.fetch(DAYS_SQL, list(source_ids))]


async def lock_days(tx: Transaction, source_ids: Collection[UUID]) -> list[KnownDay]:
    """These days, locked, in the order of their ids."""
    return [_day_of(row) for row in await tx.fetch(LOCK_DAYS_SQL, list(source_ids))]


LOCK_RUNS_SQL = "select run_id, status from invoice_runs where run_id = any($1::uuid[]) order by run_id for share"


async def frozen(tx: Transaction, charges: Iterable[Charge]) -> set[UUID]:
    """Those of these locked charges that are on an invoice, or on one that is being issued.

    A run that is still a draft cannot go further before this transaction ends.
    """
    lines = list(charges)
    runs = {line.run_id for line in lines if line.run_id and line.status is not ChargeStatus.INVOICED}
    issuing = set()
    if runs:
        rows = await tx.fetch(LOCK_RUNS_SQL, sorted(runs))
        issuing = {row["run_id"] for row in rows if row["status"] in ("issuing", "issued")}
    return {line.charge_id for line in lines if line.status is ChargeStatus.INVOICED or line.run_id in issuing}


LOCK_LINES_SQL = """
select c.*, d.household_id as booked_by from charges c join service_days d using (source_id)
where c.source_id = any($1::uuid[]) order by c.source_id, c.account_id, c.correction for update of c
"""

Lines = dict[UUID, list[Charge]]
"""The lines of days by what is owed: of each payer the day, then its corrections."""


async def lock_lines(tx: Transaction, source_ids: Collection[UUID]) -> Lines:
    """Every line of these days, locked."""
    lines: Lines = defaultdict(list)
    if not source_ids:
        return lines
    for row in await tx.fetch(LOCK_LINES_SQL, list(source_ids)):
        lines[row["source_id"]].append(charge_of(row))
    return lines


REMOVE_CHARGES_SQL = "delete from charges where charge_id = any($1::uuid[])"

SAVE_CHARGES_SQL = """
insert into charges as c (charge_id, booking_id, attendance_id, payer_id, household_id, share_basis_points, child_id, activity_id,
    service_on, correction, quantity, status, unit_cents, tariff_code, tariff_label, grid_version, bracket_label, quotient_cents,
    quotient_on, quotient_ended_on, is_quotient_awaited, run_id, recorded_at)
select *, $23 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::integer[], $7::uuid[], $8::uuid[],
    $9::date[], $10::integer[], $11::smallint[], $12::text[], $13::integer[], $14::text[], $15::text[], $16::integer[], $17::text[],
    $18::integer[], $19::date[], $20::date[], $21::boolean[], $22::uuid[])
on conflict (charge_id) do update set
    share_basis_points = excluded.share_basis_points, status = excluded.status, unit_cents = excluded.unit_cents,
    tariff_code = excluded.tariff_code, tariff_label = excluded.tariff_label, grid_version = excluded.grid_version,
    bracket_label = excluded.bracket_label, quotient_cents = excluded.quotient_cents, quotient_on = excluded.quotient_on,
    quotient_ended_on = excluded.quotient_ended_on, is_quotient_awaited = excluded.is_quotient_awaited,
    run_id = excluded.run_id, recorded_at = excluded.recorded_at
"""


async def remove(tx: Transaction, charges: Sequence[Charge]) -> None:
    """Forget lines that somebody else owes now."""
    await tx.execute(REMOVE_CHARGES_SQL, [charge.charge_id for charge in charges])


async def save(tx: Transaction, charges: Sequence[Charge], recorded_at: datetime) -> None:
    """Write what was decided for these lines."""
    prices = [charge.price for charge in charges]
    quotients = [price.quotient if price else None for price in prices]
    wants = [price.want if price else None for price in prices]
    await tx.execute(
        SAVE_CHARGES_SQL,
        [charge.charge_id for charge in charges],
        [charge.source.booking_id for charge in charges],
        [charge.source.attendance_id for charge in charges],
        [charge.part.payer_id for charge in charges],
        [charge.part.household_id for charge in charges],
        [charge.part.share_basis_points for charge in charges],
        [charge.source.child_id for charge in charges],
        [charge.source.day.activity_id for charge in charges],
        [charge.source.day.service_on for charge in charges],
        [charge.correction for charge in charges],
        [charge.quantity for charge in charges],
        [charge.status.value for charge in charges],
        [price and price.amount_cents for price in prices],
        [price and price.tariff_code for price in prices],
        [price and price.tariff_label for price in prices],
        [price and price.grid_version for price in prices],
        [price and price.bracket_label for price in prices],
        [quotient and quotient.value_cents for quotient in quotients],
        [quotient and quotient.effective_on for quotient in quotients],
        [want and want.ended_on for want in wants],
        [want is not None and want.is_awaited for want in wants],
        [charge.run_id for charge in charges],
        recorded_at,
    )


def _day_of(row: Row) -> KnownDay:
    day = ServiceDay(row["household_id"], row["activity_id"], row["service_on"])
    facts = Facts(row["cancelled_at"], row["is_cancellation_chargeable"], row["attendance"], row["attendance_at"])
    return KnownDay(Source(row["source_id"], row["is_booked"], row["child_id"], day), facts)


def charge_of(row: Row) -> Charge:
    """A line, of a row of `charges` with the household that booked."""
    price = None
    if row["grid_version"] is not None:
        quotient = QuotientInForce(row["quotient_cents"], row["quotient_on"]) if row["quotient_on"] else None
        want = None if quotient else Want(row["quotient_ended_on"], row["is_quotient_awaited"])
        price = Price(
            row["unit_cents"],
            row["tariff_code"],
            row["tariff_label"],
            row["grid_version"],
            row["bracket_label"],
            quotient,
            want,
        )
    day = ServiceDay(row["booked_by"], row["activity_id"], row["service_on"])
    return Charge(
        charge_id=row["charge_id"],
        source=Source(row["source_id"], row["booking_id"] is not None, row["child_id"], day),
        part=Part(row["household_id"], row["payer_id"], row["share_basis_points"]),
        status=ChargeStatus(row["status"]),
        price=price,
        correction=row["correction"],
        quantity=row["quantity"],
        run_id=row["run_id"],
    )
