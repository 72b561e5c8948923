"""Requests for a space, as the matrix needs them: each asked by somebody whom no file names, from an address of their own."""

import secrets
from typing import Any

from tests.component.gateway.town import Town, household_body
from tests.support.roles import Role


def registration_body() -> dict[str, Any]:
    """What somebody types whom nobody knows."""
    return household_body()


async def waiting(town: Town) -> str:
    """A request that waits for an agent."""
    family = town.services["family"]
    body = registration_body()
    source = {"X-Client-Address": f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"}
    answer = await family.client.post("/registrations", json=body, headers=source)
    assert answer.status_code == 202, answer.text
    await family.run_job("answer_registrations")
    headers, cursor = family.as_agent(Role.FRONT_DESK), None
    while True:
        listed = await family.client.get("/registrations", params={"cursor": cursor} if cursor else {}, headers=headers)
        for item in listed.json()["items"]:
            if item["last_name"] == body["guardian"]["last_name"]:
                return str(item["registration_id"])
        cursor = listed.json()["next_cursor"]
        assert cursor, "the request is in no page"
