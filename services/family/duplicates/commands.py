"""Finding who may be one person in two files; saying that two files which look alike are of two households, and taking it back."""

from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound
from contracts.family.merging import FilesApart

from ..households.store import lock_households
from . import store

COMPARE_SECONDS: Final = 5
COMPARED_AT_ONCE: Final = 500
TIMES_MAX: Final = 20


async def compare_people(db: Database) -> None:
    """Compare who is new or changed with everybody, in some turns; the rest comes next time."""
    for _ in range(TIMES_MAX):
        if not await _compare(db):
            return


@command
async def _compare(tx: Transaction) -> int:
    return await store.compare(tx, COMPARED_AT_ONCE)


@command
async def keep_apart(tx: Transaction, actor: Actor, household_id: UUID, other_id: UUID, request: FilesApart) -> None:
    """Keep two files apart, with the reason; said again, the last reason counts. Raises NotFound."""
    pair = await _lock(tx, household_id, other_id)
    for own_id in pair:
        # The reason is for those who merge files: it may say something of the other family.
        tx.note(Act(actor, "files_kept_apart", household_id, own_id))
    await store.keep_apart(tx, pair, request.reason, await tx.now(), actor.account_id)


@command
async def compare_again(tx: Transaction, actor: Actor, household_id: UUID, other_id: UUID) -> None:
    """Take back that two files are of two households; what nobody said changes nothing. Raises NotFound."""
    pair = await _lock(tx, household_id, other_id)
    if await store.forget_apart(tx, pair):
        for own_id in pair:
            tx.note(Act(actor, "files_compared_again", household_id, own_id))


async def _lock(tx: Transaction, household_id: UUID, other_id: UUID) -> tuple[UUID, UUID]:
    if len(await lock_households(tx, {household_id, other_id})) < 2:
        raise NotFound
    return store.in_order(household_id, other_id)
