"""The files of children that the matrix is about: what each parent says of a child, and what of it is shown on site."""

from typing import Any, Final

from tests.component.authorization import changes, entourage
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World

FAR: Final = 2090


async def say(world: World, name: str) -> None:
    """A parent says what is to be known of a child, and the sheet of the day knows it."""
    family, booking = world.town.services["family"], world.town.services["booking"]
    headers = family.as_parent(world.households[name].adults[0].adult_id)
    answer = await family.client.put(
        f"/children/{world.owned[name]['child']}/health",
        json={"revision": 0, "allergens": ["peanuts"]},
        headers=headers,
    )
    assert answer.status_code == 200, answer.text
    await booking.run_job("care_keys")
    await world.town.settle()


async def _revision(world: World, named: str | None) -> int:
    family = world.town.services["family"]
    answer = await family.client.get(f"/children/{named}/health", headers=family.as_system())
    return int(answer.json()["revision"]) if answer.is_success else 0


async def health(world: World, _cell: Cell, named: str | None) -> Any:
    """Another allergy each time: there is something to change."""
    return {"revision": await _revision(world, named), "other_allergies": f"Kiwi {next(world.endings)}"}


async def proof(world: World, _cell: Cell, _named: str | None) -> Any:
    """Another day each time."""
    number = next(world.endings)
    return {"status": "complete", "valid_until_on": f"{FAR - number // 28}-01-{number % 28 + 1:02}"}


async def answers(world: World, _cell: Cell, _named: str | None) -> Any:
    """Another hour each time."""
    number = next(world.endings)
    return {"leaving_alone": "given", "leaves_from": f"{number // 60 % 24:02}:{number % 60:02}"}


async def on_paper(world: World, cell: Cell, named: str | None) -> Any:
    """Another hour each time, of a parent of the child."""
    homes = [home for home in world.households.values() if any(str(child.child_id) == named for child in home.children)]
    adult = (homes or [*world.households.values()])[0].adults[0]
    return {**await answers(world, cell, named), "adult_id": str(adult.adult_id)}


async def confirmation(world: World, _cell: Cell, named: str | None) -> Any:
    """What is shown now."""
    return {"revision": await _revision(world, named)}


async def insurance(world: World, _cell: Cell, named: str | None) -> Any:
    """Another contract each time."""
    family, year = world.town.services["family"], school_year(await world.town.booking.today())
    answer = await family.client.get(f"/children/{named}/insurance/{year}", headers=family.as_system())
    revision = int(answer.json()["revision"]) if answer.is_success else 0
    number = f"N° {next(world.endings)}"
    return {"company": "Mutuelle Azur", "contract_number": number, "ends_on": f"{FAR}-08-31", "revision": revision}


def school_year(day: Any) -> str:
    """The school year of a day."""
    return str(day.year if day.month >= 9 else day.year - 1)


BODIES: Final = {
    "change_health": health,
    "change_insurance": insurance,
    "note_proof": proof,
    "answer_authorizations": answers,
    "enter_authorizations": on_paper,
    "confirm_child_file": confirmation,
    **changes.BODIES,
    **entourage.BODIES,
}
