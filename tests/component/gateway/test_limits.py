"""Bodies that are too large, and bodies that say something that nobody asked for."""

from collections.abc import AsyncIterator

import pytest

from tests.component.gateway.browser import ORIGIN
from tests.component.gateway.town import Town, household_body
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

MEGABYTES_10 = 10_000_000


async def chunks() -> AsyncIterator[bytes]:
    """Ten megabytes whose length is not announced."""
    for _ in range(100):
        yield b"x" * (MEGABYTES_10 // 100)


async def test_form_that_is_too_large_is_refused_with_a_page(town: Town) -> None:
    answer = await town.browser().post("/connexion", {"login": "x" * MEGABYTES_10})
    assert answer.status_code == 413
    assert "L’envoi est trop volumineux" in answer.text


async def test_endless_form_is_refused_with_a_page(town: Town) -> None:
    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await town.browser().http.post("/connexion", content=chunks(), headers=headers)
    assert answer.status_code == 413
    assert "L’envoi est trop volumineux" in answer.text


async def test_json_that_is_too_large_is_refused_with_a_problem(town: Town) -> None:
    answer = await town.browser().http.post("/api/v1/sessions", json={"login": "x" * MEGABYTES_10, "password": "x"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_endless_json_is_refused_with_a_problem(town: Town) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await town.browser().http.post("/api/v1/sessions", content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"price_cents": 1}, "/price_cents"),
        ({"guardian": {**household_body()["guardian"], "roles": ["director"]}}, "/guardian/roles"),
        ({"children": []}, "/children"),
        ({"children": [{"first_name": "Lina"}]}, "/children/0/last_name"),
        ({"address": "12 rue des Tilleuls"}, "/address"),
    ],
)
async def test_field_that_nobody_asked_for_or_cannot_be_read(town: Town, change: object, pointer: str) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    headers = {"Authorization": f"Bearer {agent.session_token}", "Idempotency-Key": "k"}
    body = household_body() | change  # type: ignore[operator]  # the table above holds dictionaries
    answer = await town.browser().http.post("/api/v1/households", json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"login": NaN}', b"[" * 50_000])
async def test_body_that_is_not_the_json_asked_for(town: Town, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await town.browser().http.post("/api/v1/sessions", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_query_that_cannot_be_read_is_a_problem(town: Town) -> None:
    agent = await town.agent(Role.DIRECTOR)
    headers = {"Authorization": f"Bearer {agent.session_token}"}
    query = {"from_on": "yesterday", "to_on": "2026-09-01"}
    answer = await town.browser().http.get("/api/v1/slots", params=query, headers=headers)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/from_on"]


@pytest.mark.parametrize("path", ["/calendrier?semaine=yesterday", "/inscriptions?suite=x", "/agents?x=%ff"])
async def test_address_with_a_strange_query_is_not_an_error_of_ours(town: Town, path: str) -> None:
    parent, _ = await town.parent()
    assert (await parent.get(path)).status_code < 500
