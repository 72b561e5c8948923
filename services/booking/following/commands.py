"""Letting what is enrolled in a file follow it into the one that it became part of, and go back when they are two again.

The family service decides that two files are one; this one owns places, and works out by itself what follows of it, from whatever state it knows: a replica that
was down, or is played again, comes to the same. An enrollment and all that is booked on its days goes in one transaction, which holds their places.
"""

from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.refusal import Busy, Refusal
from contracts.types import ActorKind, Channel

from ..moves.commands import Going, take_along
from . import store
from .store import Due

PER_RUN_MAX = 200


class Following:
    """The job that has enrollments follow."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    async def run(self, db: Database) -> None:
        """Have some enrollments follow, each for itself: what one has against it holds up no other."""
        for _ in range(PER_RUN_MAX):
            if (due := await store.next_due(db, await db.today())) is None:
                return
            try:
                await follow(db, due, self._zone)
            except Busy:
                return
            except Refusal as refusal:
                await leave(db, due, refusal.code())


@command
async def follow(tx: Transaction, due: Due, zone: ZoneInfo) -> None:
    """Have an enrollment follow; a refusal keeps all as it was."""
    actor = Actor(due.by, ActorKind.AGENT, sites=None, channel=Channel.JOB)
    going = Going(due.enrollment_id, due.household_id, due.from_on, child_id=due.child_id)
    former, begun_id = await take_along(tx, actor, going, zone)
    if due.is_return:
        await store.forget_followed(tx, due.enrollment_id)
    else:
        await store.note_followed(tx, begun_id, (former.household_id, former.child_id), due.by)


@command
async def leave(tx: Transaction, due: Due, code: str) -> None:
    """Leave an enrollment to an agent, who finds its days among those left behind."""
    await store.leave(tx, due.enrollment_id, code)
    tx.report("enrollment does not follow", enrollment_id=str(due.enrollment_id), code=code)
