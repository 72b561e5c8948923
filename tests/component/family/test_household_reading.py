"""Reading and finding household files: who may, what they see, and how an agent finds a family."""

from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

import pytest

from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def references_for(service: RunningService, search: str) -> list[str]:
    """The references of the files that a search finds."""
    response = await service.client.get(
        "/households", params={"search": search}, headers=service.as_agent(Role.FINANCE)
    )
    assert response.status_code == 200, response.text
    return [item["reference"] for item in response.json()["items"]]


async def test_a_guardian_reads_their_household_whole(service: RunningService, desk: Desk) -> None:
    household = await desk.open(co_guardian={"civility": "madame", "first_name": "Anne", "last_name": "Martin"})
    for guardian in household.adults:
        for path in ("/me/household", f"/households/{household.household_id}"):
            response = await service.client.get(path, headers=service.as_parent(guardian.adult_id))
            assert Household.model_validate(response.json()) == household


async def test_the_household_of_others_is_not_there(service: RunningService, desk: Desk) -> None:
    own = await desk.open()
    other = await desk.open(guardian={"last_name": "Martin", "email": "martin@courriel.example"})
    parent = service.as_parent(own.adults[0].adult_id)
    for household_id in (other.household_id, uuid4()):
        response = await service.client.get(f"/households/{household_id}", headers=parent)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_reading_needs_a_role_or_a_guardian(service: RunningService, desk: Desk) -> None:
    household = await desk.open()
    path = f"/households/{household.household_id}"
    for url, headers, status in (
        (path, {}, 401),
        (path, service.as_agent(Role.SITE), 403),
        (path, service.as_agent(Role.FINANCE), 200),
        (f"/households/{uuid4()}", service.as_agent(Role.DIRECTOR), 404),
        ("/households/not-an-id", service.as_agent(Role.DIRECTOR), 404),
        ("/me/household", service.as_agent(Role.DIRECTOR), 403),
        ("/me/household", service.as_parent(uuid4()), 404),
        ("/households", service.as_parent(household.adults[0].adult_id), 403),
        ("/households", service.as_agent(Role.SITE), 403),
    ):
        assert (await service.client.get(url, headers=headers)).status_code == status, url


async def test_agents_find_a_file_by_the_beginning_of_any_word(service: RunningService, desk: Desk) -> None:
    le_goff = (await desk.open()).reference
    martin = (
        await desk.open(
            guardian={"first_name": "Zoé", "last_name": "MARTIN", "email": "zoe.m@courriel.example"},
            children=[{"first_name": "Noé", "last_name": "Dûpont", "birth_on": "2020-01-31"}],
        )
    ).reference
    for search, expected in (
        ("le goff", [le_goff]),
        ("LÉ GÔFF", [le_goff]),
        ("oeuv", [le_goff]),
        ("Lea", [le_goff]),
        ("mart dupo", [martin]),
        ("mart léa", []),
        ("zoe.m@cour", [martin]),
        (martin, [martin]),
        (martin.removeprefix("F-").lstrip("0"), [martin]),
        ("courriel.example", [le_goff, martin]),
        ("", [le_goff, martin]),
        ("%", []),
        ("go\\ff' | !a:*&(", []),
        ("a\u0000b", []),
    ):
        assert await references_for(service, search) == expected, search


async def test_pages_of_a_search_follow_one_another_without_gap_or_repeat(service: RunningService, desk: Desk) -> None:
    references = [
        (await desk.open(guardian={"last_name": name, "email": f"{name}@courriel.example"})).reference
        for name in ("Durand", "Arnaud", "Éluard", "Zola")
    ]
    headers = service.as_agent(Role.FRONT_DESK)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params: dict[str, str | int] = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await service.client.get("/households", params=params, headers=headers)).json()
        seen += [item["reference"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    durand, arnaud, eluard, zola = references
    assert seen == [arnaud, durand, eluard, zola]


@pytest.mark.parametrize(
    "params",
    [{"cursor": "x"}, {"cursor": "AA=="}, {"cursor": "é"}, {"limit": 0}, {"limit": 101}, {"search": "a" * 101}],
)
async def test_an_unreadable_page_request_is_refused(service: RunningService, params: dict[str, str | int]) -> None:
    response = await service.client.get("/households", params=params, headers=service.as_agent(Role.FRONT_DESK))
    assert response.status_code == 422, response.text


async def test_a_summary_names_the_payer_and_the_children(service: RunningService, desk: Desk) -> None:
    household = await desk.open()
    response = await service.client.get("/households", headers=desk.headers)
    (summary,) = response.json()["items"]
    assert UUID(summary.pop("household_id")) == household.household_id
    summary.pop("created_at")
    assert summary == {
        "reference": household.reference,
        "payer_name": "Éric Le Goff-Œuvrard",
        "email": "Eric.LeGoff@courriel.example",
        "city": "Valmont-sur-Orne",
        "children": [
            {
                "child_id": str(household.children[0].child_id),
                "first_name": "Léa",
                "last_name": "Le Goff",
                "birth_on": "2018-03-04",
                "is_expected": False,
            }
        ],
        "kind": "individual",
        "archived_on": None,
        "matches": [],
    }


async def test_a_cursor_that_nobody_gave_is_refused(service: RunningService, desk: Desk) -> None:
    await desk.open()
    made_up = urlsafe_b64encode(f"\0'; --~{UUID(int=0)}".encode()).decode()
    response = await service.client.get("/households", params={"cursor": made_up}, headers=desk.headers)
    assert response.status_code == 422, response.text
    assert [error["code"] for error in response.json()["errors"]] == ["cursor_unreadable"]
