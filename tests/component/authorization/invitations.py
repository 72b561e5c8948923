"""Runs of invitations, as the matrix needs them: of a list that names nobody."""

from base64 import b64encode
from typing import Any, Final

from tests.component.gateway.town import Town

LIST: Final = b"Dossier\r\nF-999999\r\n"


def run_body() -> dict[str, Any]:
    """A list whose one line names no file."""
    return {"label": "Rentrée", "choice": "file", "content": b64encode(LIST).decode()}


async def proposed(town: Town) -> str:
    """A run that is proposed."""
    identity = town.services["identity"]
    headers = identity.as_system() | identity.key()
    answer = await identity.client.post("/invitation-runs", json=run_body(), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["run_id"])
