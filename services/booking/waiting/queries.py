"""Requests for enrollments that wait for an agent, as the queue of all services lists them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.waiting import (
    Desk,
    WaitingAsked,
    count_items,
    count_statement,
    find_item,
    item_of,
    item_statement,
    list_items,
    list_statement,
)
from chassis.refusal import NotFound
from contracts.booking.permissions import BookingPermission
from contracts.http import Page
from contracts.queue import Settled, WaitingCount, WaitingItem, WaitingKind
from contracts.types import ActorKind

from ..access import AT_SITE, ENROLLMENT

KINDS: Final = (WaitingKind.ENROLLMENT,)

_SELECTED: Final = f"""
select 'enrollment' as kind, e.id as item_id, a.label, coalesce(c.first_name || ' ' || c.last_name, '') as name, e.household_id,
       coalesce(h.reference, '') as reference, (
           select g.site_code from placements p join groups g on g.id = p.group_id
           where p.enrollment_id = e.id and {AT_SITE.of("g.site_code")} order by p.during limit 1) as site_code,
       e.requested_at as since
"""  # noqa: S608 - it is put together from constants alone
_JOINED: Final = f"""
from enrollments e
join activities a on a.id = e.activity_id
left join households h on h.household_id = e.household_id
left join child_records c on c.child_id = e.child_id
where {ENROLLMENT.of("e.id")}
"""
_REQUESTS: Final = f"{_SELECTED} {_JOINED} and 'enrollment' = any($4::text[]) and e.status = 'requested'"

LIST_WAITING_SQL = list_statement(_REQUESTS)
COUNT_WAITING_SQL = count_statement(_REQUESTS)
WAITING_ITEM_SQL = item_statement(_REQUESTS)


@dataclass(frozen=True, slots=True)
class Promise:
    """Within how many days the town decides."""

    days: int

    def desk(self, actor: Actor) -> Desk:
        """What an actor's list is made with."""
        is_entitled = actor.kind is ActorKind.SYSTEM or BookingPermission.DECIDE_ENROLLMENTS in actor.permissions
        return Desk(self.days, KINDS if is_entitled else ())


async def list_waiting(db: Database, actor: Actor, promise: Promise, asked: WaitingAsked) -> Page[WaitingItem]:
    """What waits and the actor reaches, the oldest first. Raises Invalid."""
    return await list_items(db, actor, LIST_WAITING_SQL, promise.desk(actor), asked)


async def count_waiting(db: Database, actor: Actor, promise: Promise, asked: WaitingAsked) -> Page[WaitingCount]:
    """How many wait."""
    return await count_items(db, actor, COUNT_WAITING_SQL, promise.desk(actor), asked)


SETTLED_SQL = reaching(
    f"""
{_SELECTED}, null::uuid as owner_id, e.status as outcome, coalesce(e.ended_by, e.decided_by) as decided_by,
       coalesce(e.ended_at, e.decided_at) as decided_at
{_JOINED} and e.id = $4 and e.status <> 'requested'
"""
)


async def read_waiting(db: Database, actor: Actor, promise: Promise, enrollment_id: UUID) -> WaitingItem:
    """A request that waits, or what became of it. Raises NotFound."""
    row = await find_item(db, actor, WAITING_ITEM_SQL, KINDS, enrollment_id)
    if row is not None:
        return item_of(row, promise.desk(actor), db.zone)
    row = await db.fetchrow(SETTLED_SQL, *reach_of(actor, await db.today()), enrollment_id)
    if row is None:
        raise NotFound
    settled = Settled(outcome=row["outcome"], decided_by=row["decided_by"], decided_at=row["decided_at"])
    return item_of(row, promise.desk(actor), db.zone, settled)
