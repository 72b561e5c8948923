"""Having a form for some minutes, taking it over, and leaving it to others."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.housekeeping import remove_in_batches
from chassis.refusal import NotFound
from contracts.family.editing import FormHold, FormLease, FormRelease

from . import store
from .domain import Lease, lease_after, lease_for


@command
async def hold_form(tx: Transaction, actor: Actor, subject_id: UUID, request: FormHold) -> FormLease:
    """Have a form, or hear who does. Raises NotFound."""
    if not await store.is_there(tx, request.form, subject_id):
        raise NotFound
    lease = await hold(tx, request, subject_id, actor.account_id)
    return FormLease(
        account_id=lease.holder_id,
        begun_at=lease.begun_at,
        ends_at=lease.ends_at,
        is_own=lease.holder_id == actor.account_id,
    )


async def hold(tx: Transaction, request: FormHold, subject_id: UUID, holder_id: UUID) -> Lease:
    """The lease of a form that is there once somebody asked for it."""
    now = await tx.now()
    known = await store.lock_lease(tx, request.form, subject_id, lease_for(holder_id, now))
    lease = lease_after(known, holder_id, now, is_taking_over=request.is_taking_over)
    if lease != known:
        await store.save_lease(tx, request.form, subject_id, lease)
    return lease


@command
async def release_form(tx: Transaction, actor: Actor, subject_id: UUID, request: FormRelease) -> None:
    """Leave a form to others. Raises NotFound."""
    if not await store.is_there(tx, request.form, subject_id):
        raise NotFound
    await store.remove_lease(tx, request.form, subject_id, actor.account_id)


async def forget_leases(db: Database) -> None:
    """Remove leases that ended."""
    await remove_in_batches(db, store.FORGET_LEASES_SQL, await db.now())
