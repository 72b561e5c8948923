"""Two files of one household, for the rows of merges of files."""

from typing import Any, Final
from uuid import uuid4

from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World
from tests.component.gateway.town import household_body
from tests.support.roles import Role

APART: Final = {"reason": "Homonymes"}
FORMER: Final = "former_file"
FILES_SEEN: Final = "files_seen"
"""Where the world keeps the file that goes, and what a preview of both says."""


async def pair(world: World) -> str:
    """The file that is kept; the other one, and what a preview of both says, are kept in the world."""
    kept, world.shared[FORMER] = await another(world), await another(world)
    family = world.town.services["family"]
    path = f"/households/{kept}/duplicates/{world.shared[FORMER]}"
    preview = await family.client.get(path, headers=family.as_agent(Role.FRONT_DESK))
    world.shared[FILES_SEEN] = preview.json()["fingerprint"]
    return kept


async def alike(world: World) -> None:
    """Two files of one child, once everybody was compared."""
    family = world.town.services["family"]
    children = household_body()["children"]
    for _ in range(2):
        headers = family.as_agent(Role.FRONT_DESK) | family.key()
        opened = await family.client.post(
            "/households", json=household_body() | {"children": children}, headers=headers
        )
        assert opened.status_code == 201, opened.text
    await family.run_job("compare_people")


async def another(world: World) -> str:
    """A file that nobody else is about."""
    family = world.town.services["family"]
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    opened = await family.client.post("/households", json=household_body(), headers=headers)
    assert opened.status_code == 201, opened.text
    return str(opened.json()["household_id"])


async def merge(world: World) -> str:
    """A merge that can be undone."""
    family, kept = world.town.services["family"], await pair(world)
    headers = family.as_agent(Role.FRONT_DESK) | family.key()
    answer = await family.client.post(f"/households/{kept}/merges", json=_request(world), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["merge_id"])


async def other(world: World, cell: Cell, named: str | None) -> str:
    """The file that stands beside the one that is named: of a pair that somebody keeps apart, where that is to be taken back."""
    if cell.expected != "ok":
        return uuid4().hex
    family, other_id = world.town.services["family"], await another(world)
    if cell.operation.name == "compare_files_again":
        path = f"/households/{named}/duplicates/{other_id}"
        headers = family.as_agent(Role.FRONT_DESK)
        assert (await family.client.put(path, json=APART, headers=headers)).status_code == 204
    return other_id


async def merge_body(world: World, _cell: Cell, _named: str | None) -> Any:
    """What merges the pair of a moment ago."""
    return _request(world)


async def apart_body(_world: World, _cell: Cell, _named: str | None) -> Any:
    """Why two files are of two households."""
    return APART


def _request(world: World) -> dict[str, Any]:
    """What is posted to merge the pair of a moment ago."""
    return {
        "former_id": world.shared.get(FORMER, str(uuid4())),
        "fingerprint": world.shared.get(FILES_SEEN, "0" * 64),
    }
