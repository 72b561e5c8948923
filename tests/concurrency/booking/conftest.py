"""The booking service under a rush: many families, few places, and several transactions at once.

`Rush.alone` decides each basket in a transaction of its own, as as many replicas would; over HTTP the requests of one
process are batched.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.actor import Actor
from chassis.data.idempotency import Claim
from chassis.refusal import Refusal
from contracts.booking.models import BasketLineCreate, BookingChanges, BookingChangesMade, BookingName
from contracts.types import ActorKind
from services.booking.bookings.commands import BookingRequest, Outcome, book
from services.booking.documents.domain import DocumentRules
from services.booking.places import store
from tests.factories.booking import ZONE, BookingTown, Family
from tests.support.applications import Applications
from tests.support.services import RunningService

SEED_FAMILIES_SQL = """
with family as (
    select gen_random_uuid() as household_id, gen_random_uuid() as guardian_id, gen_random_uuid() as child_id
    from generate_series(1, $1)
), household as (
    insert into households (household_id, version, reference) select household_id, 1, 'F-0001' from family
), member as (
    insert into household_children (household_id, child_id, days) select household_id, child_id, '{(,)}' from family
), child as (
    insert into child_records (child_id, version, first_name, last_name, birth_on)
    select child_id, 1, 'Lina', 'Martin', $3::date from family
), custody_known as (
    insert into custody (child_id, version) select child_id, 1 from family
), guardian as (
    insert into guardianships (household_id, adult_id, child_id, days)
    select household_id, guardian_id, child_id, '{(,)}' from family
), enrollment as (
    insert into enrollments (id, household_id, child_id, activity_id, status, days, requested_by, requested_at)
    select gen_random_uuid(), household_id, child_id, $2, 'validated', daterange($4::date, $5::date), guardian_id, now()
    from family returning id, days
), placement as (
    insert into placements (id, enrollment_id, group_id, during)
    select gen_random_uuid(), e.id, g.id, e.days from enrollment e, groups g where g.activity_id = $2 and g.is_default
)
select * from family
"""

OVERSOLD_SQL = """
select p.id, array_agg(distinct s.id) as slot_ids from pools p
join slots s on p.id = any(s.pool_ids)
left join bookings b on b.slot_id = s.id and b.status in ('held', 'requested', 'confirmed')
group by p.id having p.taken > p.capacity or count(b.id) > p.capacity or count(b.id) <> p.taken
"""

REPEATED_SQL = """
select b.id from bookings b join bookings other using (service_on, child_id)
where b.id <> other.id and b.span && other.span and b.status = 'confirmed' and other.status = 'confirmed'
"""


class Rush:
    """Families that want the same places."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.town = BookingTown(service)
        self.activity_id = UUID(int=0)
        self.booked_on: dict[UUID, date] = {}

    async def slots(self, count: int, capacity: int, **fields: Any) -> list[UUID]:
        """Open days of an activity for everybody."""
        self.activity_id = await self.town.activity(**fields)
        return await self.town.open(self.activity_id, *range(10, 10 + count), capacity=capacity)

    async def families(self, count: int) -> list[Family]:
        """Families whose child is enrolled."""
        today = await self.town.today()
        rows = await self.service.db.fetch(
            SEED_FAMILIES_SQL,
            count,
            self.activity_id,
            today - timedelta(days=7 * 366),
            today,
            today + timedelta(days=200),
        )
        return [Family(row["household_id"], (row["guardian_id"],), (row["child_id"],)) for row in rows]

    def request(
        self,
        family: Family,
        slot_ids: Sequence[UUID] = (),
        back: Sequence[UUID] = (),
        *,
        key: str | None = None,
        guardian_id: UUID | None = None,
    ) -> BookingRequest:
        """A basket of these days for the family's child, which gives these bookings back."""
        guardian_id = guardian_id or family.guardian_id
        lines = tuple(BasketLineCreate(child_id=family.child_id, slot_id=slot_id) for slot_id in slot_ids)
        given = tuple(BookingName(booking_id=named, service_on=self.booked_on[named]) for named in back)
        changes = BookingChanges(lines=lines, cancellations=given)
        claim = Claim.of(str(guardian_id), key or str(uuid4()), "POST /bookings", changes.model_dump_json().encode())
        return BookingRequest(Actor(guardian_id, ActorKind.PARENT, guardian_id=guardian_id), changes, claim, {})

    async def alone(self, *requests: BookingRequest) -> list[Outcome]:
        """Decide all requests at once, each in a transaction of its own."""
        batches = await asyncio.gather(
            *(book(self.service.db, [request], ZONE, DocumentRules()) for request in requests)
        )
        outcomes = [outcome for (outcome,) in batches]
        for outcome in outcomes:
            if isinstance(outcome, BookingChangesMade):
                self.booked_on |= {booking.booking_id: booking.service_on for booking in outcome.bookings}
        return outcomes

    async def check(self, outcomes: Sequence[Outcome]) -> None:
        """Invariants I1, I2 and I11: nothing oversold, what was accepted exists and was told, nothing else does."""
        db = self.service.db
        assert await db.fetch(OVERSOLD_SQL) == []
        assert await db.fetch(REPEATED_SQL) == []
        done = [outcome for outcome in outcomes if isinstance(outcome, BookingChangesMade)]
        accepted = {booking.booking_id for changes in done for booking in changes.bookings}
        cancelled = {booking.booking_id for changes in done for booking in changes.cancelled}
        stored = {row["id"] for row in await db.fetch("select id from bookings where status = 'confirmed'")}
        assert stored == accepted - cancelled
        assert await self.announced("booking_confirmed") == sorted(accepted)
        assert await self.announced("booking_cancelled") == sorted(cancelled)

    async def announced(self, event: str) -> list[UUID]:
        """The bookings of which an event was emitted, as often as it was."""
        rows = await self.service.db.fetch("select payload from outbox where event_type = $1", f"booking.{event}.v1")
        return sorted(UUID(json.loads(row["payload"])["booking_id"]) for row in rows)


@pytest.fixture
async def rush(applications: Applications) -> AsyncIterator[Rush]:
    """The service with nothing in it, and its rush."""
    async with applications.lend("booking") as service:
        yield Rush(service)


def codes(outcomes: list[Outcome]) -> list[str]:
    """`booked`, or the code of the first refused line, for each outcome."""
    return [outcome.fields[0].code if isinstance(outcome, Refusal) else "booked" for outcome in outcomes]


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are read without their lock, and slowly, so that two transactions surely read before either writes."""
    assert store.LOCK_PLACES_SQL.count("for update") == 1
    sql = store.LOCK_PLACES_SQL.replace("for update", "").replace("from pools", "from pools, pg_sleep(0.2)")
    monkeypatch.setattr(store, "LOCK_PLACES_SQL", sql)


@pytest.fixture
def without_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the turn of a child."""
    turn = "pg_advisory_xact_lock(turn)"
    assert store.LOCK_PLACES_SQL.count(turn) == 1
    monkeypatch.setattr(store, "LOCK_PLACES_SQL", store.LOCK_PLACES_SQL.replace(turn, "turn"))
