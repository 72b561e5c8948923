"""Replacing the town's copy of the address base, and looking households up in it."""

from collections.abc import Callable, Iterator
from itertools import islice
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.identifiers import new_id

from ..people.store import take_turns
from . import store
from .store import NewAddress

BATCH_LINES = 5_000
BATCH_HOUSEHOLDS = 500
LOADING = "address base"


@command
async def replace_base(
    tx: Transaction, actor: Actor, label: str, read: Callable[[], Iterator[NewAddress]]
) -> tuple[int, int]:
    """Have the addresses of a file take the place of the copy, in one act; how many streets and addresses there are. Others read the former copy
    meanwhile. `read` begins with the file's first line whenever it is called."""
    await take_turns(tx, [LOADING])
    await store.remove_base(tx)
    writer = store.BaseWriter(tx)
    rest = read()
    while lines := list(islice(rest, BATCH_LINES)):
        await writer.write(lines)
    await store.add_base(tx, label, await tx.now(), writer)
    counts = {"street_count": writer.street_count, "address_count": writer.address_count}
    tx.note(Act(actor, "address_base_replaced", new_id(), after=counts))
    return writer.street_count, writer.address_count


@command
async def verify_households(tx: Transaction, after: UUID) -> UUID | None:
    """Look some households up in the copy, by id; the last one of them, None when there are none."""
    return await store.verify_some(tx, after, BATCH_HOUSEHOLDS)
