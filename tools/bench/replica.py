"""P4: how long after a booking is committed its charge is committed in billing, at a steady 500 booked days a second.

Ours is the real path: the batcher of the booking command commits bookings with their events, and the relay publishes them, both in this
process as in the service's own; billing's consumer is a process `python -m services.billing`. The peer sends as many records
of the same size at the same instants with aiokafka, reads them back and inserts what each poll brings by one statement.
Same broker, same PostgreSQL, every record acknowledged, every commit on disk, offsets committed after the insert.

Both latencies end at the commit time that PostgreSQL keeps of the target row (`pg_xact_commit_timestamp(xmin)`). Ours
begins at the same clock's commit time of the booking, the peer's when its record is handed to the producer.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.events.relay import Relay
from chassis.town import load_town
from contracts.booking.models import BasketLineCreate, BookingChanges
from services.booking.bookings.commands import BookingBatcher, BookingRequest, booking_batcher
from services.booking.documents.domain import DocumentRules

from .harness import Goal, InvariantBroken, Outcome, Setting, Sides
from .rate import at_rate, quantile
from .raw import RawReplica, raw_replica
from .servers import opened, running, running_stack
from .town import Family, open_activity, publish_tariff, settle

DAYS_PER_SECOND = 500
DAYS_PER_BASKET = 4
ROUND_SECONDS = 15.0
QUICK_SECONDS = 3.0
WARM_UP_SECONDS = 3.0
FAMILIES = 2_000
WEEKS = 50
LIMIT_SECONDS = 60.0
POLL_SECONDS = 0.2

COMMITTED_SQL = """
select id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 as committed_at
from bookings where basket_id = any($1::uuid[])
"""

APPLIED_SQL = """
select booking_id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 as committed_at
from charges where booking_id = any($1::uuid[])
"""

APPLIED_COUNT_SQL = "select count(*) from charges"

UNPRICED_SQL = "select count(*) from charges where unit_cents is null"

BOOKED_COUNT_SQL = "select count(*) from bookings"

DEAD_LETTERS_SQL = "select count(*) from dead_letters"

WAITING_EVENTS_SQL = "select count(*) from outbox"


class CommitToReplica:
    """The scenario."""

    id = "P4"
    title = f"Commit in booking -> charge committed in billing, {DAYS_PER_SECOND} a second"
    goals = (
        Goal("p99", "ms", is_more_better=False, release=5.0, product=5.0),
        Goal("p50", "ms", is_more_better=False, release=3.0, product=3.0),
    )

    @asynccontextmanager
    async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
        """One relay, one consumer, a town of 2,000 households, and the peer's topic and table."""
        async with (
            running_stack(setting.folder, {"booking": "jobs", "billing": "consumer"}) as stack,
            opened(stack, "booking") as booking,
            running(Relay(stack.dsn("booking"), stack.bootstrap, "booking").run(booking.committed)),
            opened(stack, "billing") as billing,
            raw_replica(stack.bootstrap, stack.dsn("family")) as raw,
        ):
            await publish_tariff(billing)
            activity_id, slots = await open_activity(booking, WEEKS * DAYS_PER_BASKET, FAMILIES)
            families = await settle(booking, FAMILIES, activity_id, billing)
            wishes = _wishes(families, slots)
            seconds = QUICK_SECONDS if setting.is_quick else ROUND_SECONDS
            batcher = booking_batcher(load_town(stack.plan.town_file).zone, DocumentRules())
            sides = _Paths(batcher, booking, billing, raw, wishes, seconds)
            await sides.warm_up()
            yield sides


@dataclass(slots=True)
class _Paths:
    batcher: BookingBatcher
    booking: Database
    billing: Database
    raw: RawReplica
    wishes: Sequence[tuple[Family, Sequence[UUID]]]
    seconds: float
    _used: int = field(default=0, init=False)

    async def warm_up(self) -> None:
        """Let connections, caches and compilers settle on both sides."""
        await self._book_for(WARM_UP_SECONDS)
        await self.raw.send_for(WARM_UP_SECONDS, DAYS_PER_BASKET, DAYS_PER_SECOND)

    async def ours(self) -> Outcome:
        """Book at the rate, wait for the last charge, and read both commit times."""
        latencies, details = await self._book_for(self.seconds)
        return _outcome(latencies, details)

    async def peer(self) -> Outcome:
        """Send at the rate, wait for the last row."""
        return _outcome(await self.raw.send_for(self.seconds, DAYS_PER_BASKET, DAYS_PER_SECOND), {})

    async def check(self) -> None:
        """Each booked day has its one priced charge; nothing was put aside, nothing waits."""
        booked = await self.booking.fetchval(BOOKED_COUNT_SQL)
        charged = await self.billing.fetchval(APPLIED_COUNT_SQL)
        unpriced = await self.billing.fetchval(UNPRICED_SQL)
        aside = await self.billing.fetchval(DEAD_LETTERS_SQL)
        waiting = await self.booking.fetchval(WAITING_EVENTS_SQL)
        if booked != charged or unpriced or aside or waiting:
            raise InvariantBroken(
                f"{booked} days booked, {charged} charges of which {unpriced} without price, {aside} dead letters, "
                f"{waiting} events unpublished"
            )

    async def _book_for(self, seconds: float) -> tuple[list[float], dict[str, Any]]:
        baskets = round(seconds * DAYS_PER_SECOND / DAYS_PER_BASKET)
        wishes = self.wishes[self._used : self._used + baskets]
        self._used += baskets
        answers = await at_rate([partial(self._book, *wish) for wish in wishes], DAYS_PER_SECOND / DAYS_PER_BASKET)
        rows = await self.booking.fetch(COMMITTED_SQL, answers)
        begun = {row["id"]: row["committed_at"] for row in rows}
        deadline = time.monotonic() + LIMIT_SECONDS
        while len(ended := await self.billing.fetch(APPLIED_SQL, list(begun))) < len(begun):
            if time.monotonic() > deadline:
                raise InvariantBroken(f"{len(begun) - len(ended)} of {len(begun)} charges never came")
            await asyncio.sleep(POLL_SECONDS)
        achieved = len(begun) / (max(begun.values()) - min(begun.values()))
        return [row["committed_at"] - begun[row["booking_id"]] for row in ended], {"days_per_second": achieved}

    async def _book(self, family: Family, slots: Sequence[UUID]) -> UUID:
        lines = tuple(BasketLineCreate(child_id=family.child_id, slot_id=slot_id) for slot_id in slots)
        claim = Claim.of(str(family.guardian_id), str(uuid4()), "POST /bookings", b"")
        answer = await self.batcher.submit(
            self.booking, BookingRequest(family.actor, BookingChanges(lines=lines), claim, {})
        )
        assert answer.basket_id is not None
        return answer.basket_id


def _outcome(latencies: Sequence[float], details: dict[str, Any]) -> Outcome:
    shares = {"p99": 0.99, "p50": 0.5}
    figures = {name: quantile(latencies, share) * 1000 for name, share in shares.items()}
    return Outcome(figures, {"count": len(latencies), "max_ms": max(latencies) * 1000, **details})


def _wishes(families: Sequence[Family], slots: Sequence[UUID]) -> list[tuple[Family, Sequence[UUID]]]:
    """Every family with every week of the activity: one turn of all families after the other, each turn at another week
    for neighbors, so that baskets under way at once rarely want the same slots."""
    weeks = [slots[start : start + DAYS_PER_BASKET] for start in range(0, len(slots), DAYS_PER_BASKET)]
    return [
        (family, weeks[(number + turn) % len(weeks)])
        for turn in range(len(weeks))
        for number, family in enumerate(families)
    ]
