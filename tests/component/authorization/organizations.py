"""The file of an organization, as the matrix needs it."""

from typing import Any, Final

from tests.component.gateway.town import Town, household_body

RNA: Final = "W143001234"


def organization(legal_name: str) -> dict[str, Any]:
    """An association by its legal name; its number is always the same."""
    return {"legal_name": legal_name, "rna": RNA}


async def opened(town: Town) -> str:
    """The file of an association."""
    family = town.services["family"]
    body = household_body(children=0) | {"kind": "association", "organization": organization("Les Tilleuls")}
    answer = await family.client.post("/households", json=body, headers=family.as_system() | family.key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["household_id"])
