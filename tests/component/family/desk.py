"""The front desk: the household's file that most tests of the family service open, and the agent who opens it."""

import copy
from typing import Any

from contracts.family.models import Household
from tests.support.roles import Role
from tests.support.services import RunningService

FILE: dict[str, Any] = {
    "guardian": {
        "civility": "monsieur",
        "first_name": "Éric",
        "last_name": "Le Goff-Œuvrard",
        "email": "Eric.LeGoff@courriel.example",
        "phone": "06 12 34 56 78",
    },
    "address": {"street": "12 rue des Tilleuls", "postal_code": "14000", "city": "Valmont-sur-Orne"},
    "children": [{"first_name": "Léa", "last_name": "Le Goff", "birth_on": "2018-03-04"}],
}


class Desk:
    """An agent at the front desk, who opens files."""

    def __init__(self, service: RunningService) -> None:
        self._service = service
        self.headers = service.as_agent(Role.FRONT_DESK)

    async def post(self, file: dict[str, Any], key: dict[str, str] | None = None) -> Any:
        """The response to a request to open a file."""
        headers = {**self.headers, **(key or self._service.key())}
        return await self._service.client.post("/households", json=file, headers=headers)

    async def open(self, **changes: Any) -> Household:
        """An opened file: the usual one, with changes such as `guardian={"last_name": "Martin"}`."""
        response = await self.post(file_with(**changes))
        assert response.status_code == 201, response.text
        return Household.model_validate(response.json())


def file_with(**changes: Any) -> dict[str, Any]:
    """The usual file with changes; tables are merged, anything else replaced."""
    file = copy.deepcopy(FILE)
    for name, value in changes.items():
        file[name] = {**file.get(name, {}), **value} if isinstance(value, dict) else value
    return file
