"""Exports as the matrix needs them: one of whoever asks, with its archive where that is to be taken away."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.sealing import SharedSeal
from contracts.family.exports import place_of
from contracts.types import ActorKind
from services.family.exports import store
from services.family.exports.domain import last_day
from services.family.exports.store import NewExport
from tests.component.authorization.matrix import FAMILIES, Cell
from tests.component.authorization.world import World

SERVICE: Final = "booking"


async def one_for(world: World, cell: Cell, name: str) -> str:
    """An export of who asks, of the first adult of another household, or of nobody."""
    if name == "erased":
        return uuid4().hex
    family, household = world.town.services["family"], world.households[name]
    adult_id = household.adults[0].adult_id
    if cell.about == "own" and cell.actor in FAMILIES:
        adult_id = world.people[cell.actor].actor.guardian_id or adult_id
    export_id = uuid4()
    async with family.db.transaction() as tx:
        new = NewExport(export_id, household.household_id, adult_id, last_day(await tx.today()))
        await store.add(tx, new, Actor(uuid4(), ActorKind.PARENT, guardian_id=adult_id))
        if cell.operation.name == "read_export":
            await store.keep_archive(tx, export_id, adult_id, b"PK")
    return str(export_id)


async def _new(_world: World, _cell: Cell, named: str | None) -> Any:
    return {"household_id": str(UUID(named))} if named else {}


async def _part(world: World, _cell: Cell, named: str | None) -> Any:
    seal = SharedSeal.of((world.town.secrets_dir / "export_seal").read_text())
    return {"sealed": b64encode(seal.close(b'{"sections": []}', place_of(UUID(named), SERVICE))).decode()}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "start_export": _new,
    "add_export_part": _part,
}
