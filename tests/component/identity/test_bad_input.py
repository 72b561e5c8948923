"""Bad input: whatever is sent, the answer is a problem document with a stable code, and never a fault of ours."""

import json
from typing import Any

import pytest

from tests.component.identity.walk import Walk
from tests.support.roles import Role, agent_body
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

SIGN_IN: dict[str, Any] = {"login": "personne", "password": "velo-rouge-42"}
CHOICE: dict[str, Any] = {"username": "a", "password": "b", "password_confirmation": "c"}
READING: dict[str, Any] = {"version": "v", "end_token": "t", "is_accepted": True}
AGENT: dict[str, Any] = agent_body("agent", "director")

BODIES = [
    ("POST", "/sessions", {}),
    ("POST", "/sessions", []),
    ("POST", "/sessions", {**SIGN_IN, "is_admin": True}),
    ("POST", "/sessions", {**SIGN_IN, "login": 12}),
    ("POST", "/sessions", {**SIGN_IN, "login": "x" * 81}),
    ("POST", "/sessions", {**SIGN_IN, "login": "nul\u0000"}),
    ("POST", "/sessions", {**SIGN_IN, "password": "x" * 129}),
    ("POST", "/sessions", {**SIGN_IN, "password": None}),
    ("POST", "/activations", {"token": "court"}),
    ("POST", "/activations", {"token": "x" * 201}),
    ("POST", "/password-resets", {"email": "pas une adresse"}),
    ("POST", "/password-resets", {"email": ["a@b.example"]}),
    ("POST", "/password-resets", {"email": "nul\u0000@b.example"}),
    ("PUT", "/me/credentials", {**CHOICE, "username": "nul\u0000"}),
    ("PUT", "/me/credentials", {**CHOICE, "account_id": "x"}),
    ("POST", "/me/terms-acceptance", {**READING, "is_accepted": "peut-être"}),
    ("POST", "/me/terms-acceptance", {**READING, "version": ""}),
    ("POST", "/agents", {**AGENT, "roles": []}),
    ("POST", "/agents", {**AGENT, "roles": ["mayor"]}),
    ("POST", "/agents", {**AGENT, "email": "agent"}),
    ("POST", "/agents", {**AGENT, "first_name": ""}),
    ("POST", "/agents", {**AGENT, "sites": ["Maison de l'enfance"]}),
    ("POST", "/agents", {**AGENT, "sites": ["plateau"], "has_every_site": True}),
]


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
async def test_a_body_that_does_not_fit_is_told_so(
    walk: Walk, service: RunningService, method: str, path: str, body: Any
) -> None:
    headers = service.as_system() | service.key()
    if path.startswith("/me/"):
        headers["X-Session"] = "x" * 43
    answer = await service.client.request(method, path, json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"


async def test_a_body_that_is_no_json(service: RunningService) -> None:
    for content in (b"{", b"\xff\xfe", b'{"login": "\\ud800", "password": "x"}'):
        answer = await service.client.post("/sessions", content=content, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_of_ten_megabytes(service: RunningService) -> None:
    body = json.dumps({**SIGN_IN, "password": "x" * 10_000_000})
    answer = await service.client.post("/sessions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


@pytest.mark.parametrize(
    "path", ["/accounts?guardian_id=nobody", "/accounts?cursor=1", "/accounts?limit=0", "/accounts?limit=101"]
)
async def test_a_query_that_does_not_fit(service: RunningService, path: str) -> None:
    answer = await service.client.get(path, headers=service.as_agent(Role.FRONT_DESK))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_what_was_typed_is_never_repeated(service: RunningService) -> None:
    answer = await service.client.post("/sessions", json={"login": "x" * 90, "password": "secret-canari-1" * 10})
    assert answer.status_code == 422
    assert "canari" not in answer.text


async def test_headers_that_nobody_should_send(service: RunningService) -> None:
    headers = {"X-Client-Address": "x" * 500}
    answer = await service.client.post("/sessions", json=SIGN_IN, headers=headers)
    assert answer.status_code == 422
    answer = await service.client.post("/sessions", json=SIGN_IN, headers={"X-Client-Address": "no address"})
    assert answer.status_code == 401
