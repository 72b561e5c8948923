"""Keeping where a file of households says that children go to school. Schools and classes are held already."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction
from chassis.timeline import Timeline

from ..people.domain import Child
from ..people.store import lock_child
from ..schooling.commands import keep_schooling
from ..schooling.domain import Place
from ..schooling.store import add_pupils, load_places
from .domain import Schooled, moved, with_place


async def place_new(tx: Transaction, pupils: Sequence[tuple[Child, Place]]) -> None:
    """Put children in their schools who were just written."""
    if pupils:
        today = await tx.today()
        nothing: Timeline[Place] = Timeline()
        slices = [
            (child.child_id, item.during, item.value)
            for child, place in pupils
            for item in with_place(place, child.birth_on, nothing, today).slices
        ]
        await add_pupils(tx, slices)


async def place_known(tx: Transaction, actor: Actor, pupils: Mapping[UUID, Place]) -> None:
    """Put children in their schools who were there before."""
    for child_id in sorted(pupils):
        if (child := await lock_child(tx, child_id)) is not None:
            before = (await load_places(tx, [child_id]))[child_id]
            after = with_place(pupils[child_id], child.birth_on, before, await tx.today())
            await keep_schooling(tx, actor, child_id, before, after)


async def place_moved(tx: Transaction, actor: Actor, placements: Schooled, children: Sequence[Child]) -> None:
    """Put those of a household's children in their schools who are elsewhere by now than its lines say."""
    if any(placements.places):
        known = await load_places(tx, [child.child_id for child in children])
        pupils = {child.child_id: place for _, child, place in moved(placements, children, known, await tx.today())}
        await place_known(tx, actor, pupils)
