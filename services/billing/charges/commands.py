"""Pricing days: written when anything of the price changed, published when the amount did."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

from chassis.data.database import Transaction
from contracts.billing.events import ChargeRecorded

from ..tariffs.store import price_days, share_tariffs
from . import store
from .domain import Charge

Traces = Mapping[UUID, Mapping[str, str]]
"""Leads back to who caused what happens to a day, by the id of what is owed; one that is not there belongs to the present trace."""

PRESENT_TRACE: Traces = MappingProxyType({})


async def price_and_save(
    tx: Transaction, charges: Sequence[Charge], *, is_changed: bool = False, traces: Traces = PRESENT_TRACE
) -> None:
    """Price locked charges by what is in force on their day; write those whose price is another one (all if `is_changed`).

    One that costs what it did, for another reason, is written and not published. A charge that was priced keeps its price
    when no grid is known any more.
    """
    if not charges:
        return
    await share_tariffs(tx)
    priced = await price_days(tx, [charge.day for charge in charges])
    decided = [
        (charge, replace(charge, price=answer.price or charge.price))
        for charge, answer in zip(charges, priced, strict=True)
    ]
    await _write(tx, [new for old, new in decided if is_changed or new != old])
    await _publish(tx, [new for old, new in decided if is_changed or new.amount_cents != old.amount_cents], traces)


async def save(tx: Transaction, charges: Sequence[Charge], traces: Traces = PRESENT_TRACE) -> None:
    """Write locked charges and publish them."""
    await _write(tx, charges)
    await _publish(tx, charges, traces)


async def _write(tx: Transaction, charges: Sequence[Charge]) -> None:
    if charges:
        await store.save(tx, charges, await tx.now())


async def _publish(tx: Transaction, charges: Sequence[Charge], traces: Traces) -> None:
    now = await tx.now()
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
