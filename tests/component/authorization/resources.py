"""Resources as the matrix needs them: a declaration of a household that waits with its proof, and what is posted about them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from contracts.family.resource_words import DeclarationStatus
from contracts.types import QuotientSource
from services.family.resources import store
from services.family.resources.domain import Claim, Declaration
from tests.component.authorization import documents
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import HOUSEHOLD_OF, World


async def one_for(world: World, cell: Cell, name: str) -> str:
    """A declaration of a household that waits, and no other one of it does."""
    if name == "erased":
        return uuid4().hex
    family, household = world.town.services["family"], world.households[name]
    document_id = await documents.proof(world, name)
    async with family.db.transaction() as tx:
        for former in await store.waiting_of(tx, household.household_id):
            withdrawn = replace(former, status=DeclarationStatus.WITHDRAWN)
            await store.save_declaration(tx, withdrawn, household.adults[0].adult_id)
        new = Declaration(
            declaration_id=uuid4(),
            household_id=household.household_id,
            document_id=UUID(document_id),
            status=DeclarationStatus.WAITING,
            claim=Claim(QuotientSource.CAF, 61_000, None, None, "2026-09"),
            declared_at=await tx.now(),
            declared_by=household.adults[0].adult_id,
            decided_at=None,
        )
        await store.add_declaration(tx, new)
    return str(new.declaration_id)


async def waiting(world: World, cell: Cell) -> None:
    """Have something in the list of what waits."""
    await one_for(world, cell, "first")


async def unknown(world: World) -> None:
    """Have a household of which no quotient is known."""
    forget = "update quotients set replaced_at = now() where household_id = $1 and replaced_at is null"
    await world.town.services["family"].db.execute(forget, world.households["first"].household_id)


async def _declared(world: World, cell: Cell, named: str | None) -> Any:
    name = {"other": "second", "erased": "first"}.get(cell.about, HOUSEHOLD_OF.get(cell.actor, "first"))
    proof = await documents.proof(world, name if name in world.households and name != "erased" else "first")
    body = {"value_cents": 61_000, "source": "caf", "month": "2026-09", "document_id": proof}
    return body | ({"household_id": named} if named else {})


async def _entry(world: World, _cell: Cell, _named: str | None) -> Any:
    return {"value_cents": 61_000 + next(world.endings), "effective_on": str(await _today(world))}


async def _decision(world: World, cell: Cell, named: str | None) -> Any:
    return {"entry": await _entry(world, cell, named)}


async def _today(world: World) -> date:
    return await world.town.booking.today()


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "declare_resources": _declared,
    "preview_quotient": _entry,
    "change_quotient": _entry,
    "decide_declaration": _decision,
}
