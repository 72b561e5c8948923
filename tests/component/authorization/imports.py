"""Imports of households, as the matrix needs them: of a file whose one household is refused."""

from base64 import b64encode
from typing import Any, Final

from tests.component.gateway.town import Town

FILE: Final = "Foyer;Rôle;Prénom;Nom\r\n1;payeur;Inès;Ferrand\r\n".encode()


def import_body() -> dict[str, Any]:
    """A file whose one line is refused."""
    return {"label": "Reprise", "content": b64encode(FILE).decode()}


async def proposed(town: Town) -> str:
    """An import whose lines were looked at."""
    family = town.services["family"]
    headers = family.as_system() | family.key()
    answer = await family.client.post("/household-imports", json=import_body(), headers=headers)
    assert answer.status_code == 201, answer.text
    await family.run_job("household_imports")
    return str(answer.json()["run_id"])
