"""Naming sites, creating activities and opening their days."""

from datetime import timedelta
from uuid import UUID

from chassis.access import require_every_site
from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id
from chassis.refusal import NotFound
from contracts.booking.catalog import Activity, ActivityCreate, Group, Site, Slot, SlotsOpen
from contracts.booking.events import ActivitySite, ActivityState, ActivityUnit

from ..documents.domain import DocumentRules
from . import queries, store
from .domain import (
    DEFAULT_GROUP,
    ActivityPlan,
    UnitPlan,
    check_activity,
    check_capacity,
    check_opening,
    exclusions,
    school_year,
)

YEAR = timedelta(days=366)


@command
async def create_site(tx: Transaction, actor: Actor, request: Site) -> Site:
    """Name a site; one that is known gets this label, and others hear how its activities name it now."""
    require_every_site(actor)
    if await store.save_site(tx, request):
        tx.note(Act(actor, "site_named", request.code, after=request.model_dump()))
        tx.emit(*(_state(activity) for activity in await queries.activities_at(tx, request.code)))
    return request


@command
async def create_activity(tx: Transaction, actor: Actor, documents: DocumentRules, request: ActivityCreate) -> Activity:
    """Add an activity with its units, and at each of its sites the groups that were named and the default one."""
    require_every_site(actor)
    sites = await store.site_labels(tx, request.site_codes)
    units = tuple(UnitPlan(u.code, u.starts_at, u.ends_at, u.implies, u.excludes) for u in request.units)
    plan = ActivityPlan(
        (request.age_min, request.age_max),
        (request.starts_on, request.ends_on),
        request.site_codes,
        tuple((group.site_code, group.code) for group in request.groups),
        units,
        request.required_documents,
    )
    if refusal := check_activity(plan, sites.keys(), documents.kinds.keys()):
        raise refusal
    activity_id = new_id()
    await store.insert_activity(tx, activity_id, request)
    await store.insert_groups(tx, activity_id, _groups(request, sites))
    await store.insert_units(tx, activity_id, request, exclusions(units))
    tx.note(Act(actor, "activity_created", activity_id, after=request.model_dump()))
    activity = await queries.activity(tx, activity_id)
    tx.emit(_state(activity))
    return activity


def _state(activity: Activity) -> ActivityState:
    return ActivityState(
        activity_id=activity.activity_id,
        kind=activity.kind.value,
        label=activity.label,
        sites=tuple(ActivitySite(code=site.code, label=site.label) for site in activity.sites),
        units=tuple(ActivityUnit(code=unit.code, label=unit.label) for unit in activity.units),
        tariff_code=activity.tariff_code,
    )


def _groups(request: ActivityCreate, sites: dict[str, str]) -> list[Group]:
    named = [
        Group(group_id=new_id(), site_code=group.site_code, code=group.code, label=group.label, is_default=False)
        for group in request.groups
    ]
    defaults = [
        Group(group_id=new_id(), site_code=code, code=DEFAULT_GROUP, label=sites[code], is_default=True)
        for code in request.site_codes
    ]
    return [*defaults, *named]


@command
async def open_slots(tx: Transaction, actor: Actor, activity_id: UUID, request: SlotsOpen) -> list[Slot]:
    """Open days of an activity, or change how many places open days have; the days asked for, by date.

    Raises:
        CapacityBelowTaken: fewer places than are taken on one of them.
    """
    places = await store.lock_activity(tx, actor, activity_id)
    if places is None:
        raise NotFound
    if refusal := check_opening(places, request.group_id, request.unit_codes, request.days):
        raise refusal
    days = sorted(set(request.days))
    group_ids = [request.group_id] if request.group_id else list(places.group_ids)
    parts = request.unit_codes or places.parts
    await store.open_school_years(tx, {school_year(day) for day in days})
    taken = await store.lock_pools(tx, group_ids, days, parts)
    if refusal := check_capacity(request.days, request.capacity, taken):
        raise refusal
    await store.open_days(tx, group_ids, days, parts, request.capacity)
    tx.note(Act(actor, "slots_opened", activity_id, after={"days": days, "capacity": request.capacity}))
    return await queries.slots_on(tx, group_ids, days)


@command
async def open_school_years(tx: Transaction) -> None:
    """Make room for the bookings of the days until a year from now."""
    today = await tx.today()
    await store.open_school_years(tx, {school_year(today), school_year(today + YEAR)})
