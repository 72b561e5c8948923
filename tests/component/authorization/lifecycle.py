"""Files that can be split, put aside and taken up again, each of its own: what is done with one is done once."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from contracts.family.models import Household
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World
from tests.component.gateway.town import Town, household_body

ADDRESS: Final = {"street": "1 rue des Sources", "postal_code": "14000", "city": "Valmont-sur-Orne"}
REASON: Final = {"reason": "Famille partie de la ville."}


async def idle(town: Town) -> str:
    """A file of two adults and a child that nobody uses."""
    family = town.services["family"]
    other = {"civility": "none", "first_name": "Camille", "last_name": "Autre"}
    body = household_body() | {"co_guardian": other}
    answer = await family.client.post("/households", json=body, headers=family.as_system() | family.key())
    assert answer.status_code == 201, answer.text
    await since_long(town, Household.model_validate_json(answer.content))
    return str(answer.json()["household_id"])


async def since_long(town: Town, household: Household) -> None:
    """Who was entered in a file today belongs to it since long ago."""
    family = town.services["family"]
    people = [*(adult.adult_id for adult in household.adults), *(child.child_id for child in household.children)]
    for person_id in people:
        url = f"/households/{household.household_id}/members/{person_id}"
        answer = await family.client.put(url, json={"starts_on": "2020-01-01"}, headers=family.as_system())
        assert answer.status_code == 200, answer.text


async def archived(town: Town) -> str:
    """Such a file that was put aside."""
    family, household_id = town.services["family"], await idle(town)
    answer = await family.client.post(f"/households/{household_id}/archive", json=REASON, headers=family.as_system())
    assert answer.status_code == 200, answer.text
    return household_id


async def erasable(town: Town) -> str:
    """Such a file of long ago: it need not be kept any longer."""
    household_id = await archived(town)
    long_ago = "update households set created_at = '2015-09-01' where household_id = $1"
    await town.services["family"].db.execute(long_ago, UUID(household_id))
    return household_id


async def _confirmation(world: World, cell: Cell, named: str | None) -> Any:
    family = world.town.services["family"]
    answer = await family.client.get(f"/households/{named}/erasure", headers=family.as_system())
    return {"confirmation": answer.json()["reference"] if answer.is_success else "F-000000"}


async def _wish(world: World, cell: Cell, named: str | None) -> Any:
    """The second adult leaves from today on."""
    family = world.town.services["family"]
    adult_ids = [str(UUID(int=1))] * 2
    if cell.expected == "ok":
        answer = await family.client.get(f"/households/{named}", headers=family.as_system())
        adult_ids = [str(adult.adult_id) for adult in Household.model_validate_json(answer.content).adults]
    return {
        "adult_ids": adult_ids[1:],
        "from_on": str(await world.town.booking.today()),
        "address": ADDRESS,
        "payer_adult_id": adult_ids[1],
    }


async def _confirmed(world: World, cell: Cell, named: str | None) -> Any:
    family, wish = world.town.services["family"], await _wish(world, cell, named)
    if cell.expected != "ok":
        return wish | {"fingerprint": "0" * 64}
    shown = await family.client.post(f"/households/{named}/split-previews", json=wish, headers=family.as_system())
    return wish | {"fingerprint": shown.json()["fingerprint"]}


async def _reason(_world: World, _cell: Cell, _named: str | None) -> Any:
    return REASON


async def _idle(world: World, _cell: Cell, named: str | None) -> Any:
    tomorrow = await world.town.booking.today() + timedelta(days=1)
    return {"household_ids": [named], "since_on": str(tomorrow), **REASON}


FILES: Final[Mapping[str, Callable[[Town], Awaitable[str]]]] = {
    "idle_household": idle,
    "archived_household": archived,
    "erasable_household": erasable,
}
BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "preview_split": _wish,
    "split_household": _confirmed,
    "archive_household": _reason,
    "archive_idle_households": _idle,
    "ask_erasure": _confirmation,
}
