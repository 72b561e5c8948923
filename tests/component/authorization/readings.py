"""The readings of quotients that the matrix is about: each cell that may take one or forget it has its own."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from contracts.family.reading_words import CivilSex
from contracts.types import QuotientSource
from services.family.readings import queries, store
from services.family.readings.domain import Birth, Identity, Value
from services.family.readings.store import Asked
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World

MONTH: Final = date(2026, 9, 1)
SOMEBODY: Final = Identity("MARTIN", ("Lea",), CivilSex.FEMALE, Birth(1990, 4, 12), "99100", "Reims", "51")


async def one_for(world: World, name: str) -> str:
    """A quotient that was found for a household, of a value of its own; none where there is no such household any more."""
    family, household_id = world.town.services["family"], UUID(world.owned[name]["household"])
    reading_id, euros = uuid4(), next(world.endings) % 1_000
    if not await family.db.fetchval("select exists (select from households where household_id = $1)", household_id):
        return str(reading_id)
    asked = Asked(reading_id, household_id, MONTH, SOMEBODY, UUID(int=0), is_by_family=False)
    async with family.db.transaction() as tx:
        await store.add_found(tx, asked, Value(euros * 100 + 7, QuotientSource.CAF, MONTH, MONTH), "a-request-of-tests")
    return str(reading_id)


async def _asked(world: World, _cell: Cell, named: str | None) -> Any:
    """Somebody of the household: nobody answers in the matrix, and it is to be asked again."""
    family = world.town.services["family"]
    known = await queries.adults_in(family.db, UUID(named), await family.db.today()) if named else []
    return {
        "birth_name": "MARTIN",
        "first_names": known[0][0] if known else "Lea",
        "sex": "female",
        "birth_on": "1990-04-12",
        "birth_city": "Reims",
        "birth_department": "51",
        "is_later_agreed": True,
    }


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {"read_quotient": _asked}
