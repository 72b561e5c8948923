"""A household of two parents and two children, and what they and agents do about the names in its file."""

from typing import Any

from tests.component.family.delegating import Home
from tests.support.roles import Role


class Asking:
    """What parents of a home ask for, and agents decide."""

    def __init__(self, home: Home) -> None:
        self.home, self.service, self.client = home, home.service, home.service.client
        self.father, self.mother = (self.service.as_parent(item) for item in (home.father_id, home.mother_id))
        self.desk = self.service.as_agent(Role.FRONT_DESK)

    async def read(self, headers: dict[str, str], person_id: Any) -> Any:
        return await self.client.get(f"/civil-statuses/{person_id}", headers=headers)

    async def correct(self, headers: dict[str, str], person_id: Any, **fields: Any) -> Any:
        known = (await self.read(headers, person_id)).json()
        body = {"version": known.get("version", "none"), **fields}
        return await self.client.post(f"/civil-statuses/{person_id}", json=body, headers=headers)

    async def add(self, headers: dict[str, str], **fields: Any) -> Any:
        body = {"first_name": "Nora", "last_name": "Le Goff", "birth_on": "2022-02-03", **fields}
        return await self.client.post("/wanted-children", json=body, headers=headers | self.service.key())

    async def listed(self, headers: dict[str, str]) -> list[Any]:
        answer = await self.client.get("/person-changes", headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def decide(self, change_id: str, is_accepted: bool = True, reason: str | None = None) -> Any:
        body = {"is_accepted": is_accepted, "reason": reason}
        return await self.client.put(f"/person-changes/{change_id}/decision", json=body, headers=self.desk)

    async def names(self) -> list[str]:
        answer = await self.client.get(f"/households/{self.home.household.household_id}", headers=self.desk)
        return [child["first_name"] for child in answer.json()["children"]]
