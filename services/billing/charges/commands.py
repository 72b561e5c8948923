"""Pricing days, and the days whose price was not known when they were booked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

from chassis.data.database import Database, Transaction, command
from contracts.billing.events import ChargeRecorded

from ..tariffs.store import price_days
from . import store
from .domain import Charge

UNPRICED_BATCH_MAX = 500

Traces = Mapping[UUID, Mapping[str, str]]
"""Leads back to who caused what happens to a day, by the id of what is owed; one that is not there belongs to the present trace."""

PRESENT_TRACE: Traces = MappingProxyType({})


async def price_and_save(
    tx: Transaction, charges: Sequence[Charge], *, is_changed: bool = False, traces: Traces = PRESENT_TRACE
) -> None:
    """Price locked charges by what is in force on their day; write and publish those that changed (all if `is_changed`).

    A charge that was priced keeps its price when no grid is known any more.
    """
    priced = await price_days(tx, [charge.day for charge in charges]) if charges else []
    decided = [
        replace(charge, price=answer.price or charge.price) for charge, answer in zip(charges, priced, strict=True)
    ]
    await save(tx, [new for old, new in zip(charges, decided, strict=True) if is_changed or new != old], traces)


async def save(tx: Transaction, charges: Sequence[Charge], traces: Traces = PRESENT_TRACE) -> None:
    """Write locked charges and publish them."""
    if not charges:
        return
    now = await tx.now()
    await store.save(tx, charges, now)
    for charge in charges:
        recorded = ChargeRecorded(
            charge_id=charge.charge_id,
            booking_id=charge.booking_id,
            attendance_id=charge.attendance_id,
            household_id=charge.day.household_id,
            child_id=charge.child_id,
            activity_id=charge.day.activity_id,
            service_on=charge.day.service_on,
            status=charge.status,
            amount_cents=charge.amount_cents,
            recorded_at=now,
        )
        tx.emit(recorded, trace=traces.get(charge.source_id))


@command
async def price_batch(tx: Transaction) -> int:
    """Price days that had no price when they were booked; how many there were."""
    charges = await store.lock_unpriced_charges(tx, UNPRICED_BATCH_MAX)
    await price_and_save(tx, charges)
    return len(charges)


@command
async def apply_quotients(tx: Transaction) -> bool:
    """Price the open days of a household again whose quotients changed; whether there was one."""
    household_id = await store.take_household_to_price(tx)
    if household_id is None:
        return False
    charges = await store.lock_open_charges(tx, household_id)
    frozen = await store.frozen(tx, charges)
    await price_and_save(tx, [charge for charge in charges if charge.charge_id not in frozen])
    return True


async def price_waiting_charges(db: Database) -> None:
    """Price every day that waited for its activity, its tariff or its household's quotient, a batch at a time."""
    while await apply_quotients(db):
        pass
    while await price_batch(db) == UNPRICED_BATCH_MAX:
        pass
