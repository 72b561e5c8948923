"""Creating activities and opening their days."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import NotFound
from contracts.booking.events import ActivityState
from contracts.booking.models import Activity, ActivityCreate, Slot, SlotsOpen

from . import queries, store
from .domain import Period, check_activity, check_opening


@command
async def create_activity(tx: Transaction, actor: Actor, request: ActivityCreate) -> Activity:
    if refusal := check_activity(request.age_min, request.age_max, Period(request.starts_on, request.ends_on)):
        raise refusal
    activity_id = new_id()
    await store.insert_activity(tx, activity_id, request)
    tx.note(Act(actor, "activity_created", activity_id, after=request.model_dump()))
    tx.emit(
        ActivityState(
            activity_id=activity_id,
            kind=request.kind,
            label=request.label,
            site_label=request.site_label,
            tariff_code=request.tariff_code,
        )
    )
    return Activity(activity_id=activity_id, **dict(request))


@command
async def open_slots(tx: Transaction, actor: Actor, activity_id: UUID, request: SlotsOpen) -> list[Slot]:
    """Open days of an activity, or change how many places open days have; the days asked for, by date.

    Raises:
        CapacityBelowTaken: fewer places than are taken on one of them.
    """
    period = await store.lock_activity(tx, activity_id)
    if period is None:
        raise NotFound
    days = sorted(set(request.days))
    taken = await store.lock_days(tx, activity_id, days)
    if refusal := check_opening(Period(**period), request.days, request.capacity, taken):
        raise refusal
    await store.open_days(tx, activity_id, days, request.capacity)
    tx.note(Act(actor, "slots_opened", activity_id, after={"days": days, "capacity": request.capacity}))
    return await queries.slots_on(tx, activity_id, days)
