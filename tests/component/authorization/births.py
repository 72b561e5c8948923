"""A child who is expected, as the matrix needs one."""

from datetime import date, timedelta
from typing import Any, Final

from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World
from tests.component.gateway.town import Town, household_body

BIRTH: Final[dict[str, Any]] = {"first_name": "Noé", "last_name": "Attendu", "birth_on": "2026-01-05"}


async def expected(town: Town) -> str:
    """A child whose birth is expected, in a file of its own."""
    family = town.services["family"]
    day = date.fromisoformat(str(await family.db.today())) + timedelta(days=30)
    child = {"first_name": "Bébé", "last_name": "Attendu", "expected_on": day.isoformat()}
    body = household_body(children=0) | {"expected_children": [child]}
    answer = await family.client.post("/households", json=body, headers=family.as_system() | family.key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["children"][0]["child_id"])


async def partner(world: World, _cell: Cell, named: str | None) -> Any:
    """An adult who comes to a household, another one each time."""
    adult = {"civility": "none", "first_name": f"Ana {next(world.endings)}", "last_name": "Martin"}
    return {"household_id": named, "adult": adult}
