"""Publishing price grids, and the public list of them."""

from typing import Any
from uuid import uuid4

import pytest

from tests.component.billing.families import LEISURE_GRID, publish_tariff
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def listed(service: RunningService) -> list[tuple[str, int, str]]:
    """Code, version and first day of every listed grid."""
    answer = await service.client.get("/tariffs")
    assert answer.status_code == 200, answer.text
    return [(item["tariff_code"], item["grid_version"], item["effective_on"]) for item in answer.json()["items"]]


async def test_anyone_sees_the_grid_in_force_and_those_to_come(service: RunningService) -> None:
    today = (await service.db.now()).date()
    for day in ("2020-01-01", "2021-01-01", "2021-01-01", "2099-01-01"):
        await publish_tariff(service, effective_on=day, label=f"Grille {uuid4()}")
    await publish_tariff(service, "lunch", effective_on=today.isoformat())
    assert await listed(service) == [
        ("leisure", 3, "2021-01-01"),
        ("leisure", 4, "2099-01-01"),
        ("lunch", 1, today.isoformat()),
    ]


async def test_the_list_comes_in_pages(service: RunningService) -> None:
    for number in range(103):
        await publish_tariff(service, f"t{number:03d}")
    first = (await service.client.get("/tariffs")).json()
    second = (await service.client.get("/tariffs", params={"cursor": first["next_cursor"]})).json()
    codes = [item["tariff_code"] for item in first["items"] + second["items"]]
    assert codes == [f"t{number:03d}" for number in range(103)]
    assert second["next_cursor"] is None


async def test_the_same_grid_sent_again_changes_nothing(service: RunningService) -> None:
    await publish_tariff(service)
    await publish_tariff(service)
    assert [version for _, version, _ in await listed(service)] == [1]


async def test_a_published_grid_can_never_be_changed(service: RunningService) -> None:
    await publish_tariff(service)
    for statement in ("update tariffs set label = 'x'", "delete from tariffs", "truncate tariffs"):
        with pytest.raises(Exception, match="append-only"):
            await service.db.execute(statement)


async def test_a_grid_with_a_gap_is_refused_by_the_field(service: RunningService) -> None:
    brackets: list[dict[str, Any]] = [dict(bracket) for bracket in LEISURE_GRID["brackets"]]
    brackets[1]["quotient_min_cents"] = 70_000
    answer = await service.client.put(
        "/tariffs/leisure", json=LEISURE_GRID | {"brackets": brackets}, headers=service.as_agent(Role.FINANCE)
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/brackets/1/quotient_min_cents", "bracket_not_contiguous")
    assert error["params"] == {"expected_cents": 60_000}


NO_GRIDS: list[dict[str, Any]] = [
    {"effective_on": "1492-01-01"},
    {"effective_on": "soon"},
    {"brackets": []},
    {"brackets": [{"label": "T", "quotient_min_cents": -1, "quotient_max_cents": None, "price_cents": 1}]},
    {"brackets": [{"label": "T", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": -1}]},
    {"brackets": [{"label": "T", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 0.5}]},
    {"label": "  "},
    {"label": "nul \0 inside"},
    {"unknown": 1},
]


async def test_what_is_no_grid_is_refused(service: RunningService) -> None:
    finance = service.as_agent(Role.FINANCE)
    for change in NO_GRIDS:
        answer = await service.client.put("/tariffs/leisure", json=LEISURE_GRID | change, headers=finance)
        assert answer.status_code == 422, change
    for code in ("a b", "%00", "x" * 81, "é"):
        answer = await service.client.put(f"/tariffs/{code}", json=LEISURE_GRID, headers=finance)
        assert answer.status_code == 422, code
    assert await listed(service) == []


async def test_who_may_publish(service: RunningService) -> None:
    for headers, status in (
        (service.as_agent(Role.FINANCE), 200),
        (service.as_agent(Role.DIRECTOR), 200),
        (service.as_system(), 200),
        (service.as_agent(Role.FRONT_DESK), 403),
        (service.as_parent(uuid4()), 403),
        ({}, 401),
    ):
        answer = await service.client.put("/tariffs/leisure", json=LEISURE_GRID, headers=headers)
        assert answer.status_code == status


async def test_a_cursor_of_another_list_is_refused(service: RunningService) -> None:
    for cursor in ("x", "a~b", "leisure~2026-13-01", "~" * 10):
        answer = await service.client.get("/tariffs", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor_unreadable")
