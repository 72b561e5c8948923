"""Who merges files: an agent, and the people of the files that they open."""

from typing import Any
from uuid import UUID

import httpx2

from contracts.family.events import HouseholdState, ResponsibilityState
from contracts.family.models import Household
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService


class Counter:
    """An agent who merges files."""

    def __init__(self, service: RunningService, desk: Desk) -> None:
        self.service, self.desk = service, desk
        self.headers = service.as_agent(Role.FRONT_DESK)

    async def get(self, path: str, **params: Any) -> Any:
        """What is read there."""
        answer = await self.service.client.get(path, params=params, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def alike(self, **params: Any) -> list[Any]:
        """The pairs of files that look alike, or are kept apart, once everybody was compared."""
        await self.service.run_job("compare_people")
        return list((await self.get("/duplicate-households", **params))["items"])

    async def file(self, household: Household) -> dict[str, Any]:
        """A file as it is now."""
        answer: dict[str, Any] = await self.get(f"/households/{household.household_id}")
        return answer

    async def preview(self, kept: Household, former: Household) -> dict[str, Any]:
        """What a merge would make."""
        answer: dict[str, Any] = await self.get(f"/households/{kept.household_id}/duplicates/{former.household_id}")
        return answer

    async def merge(self, kept: Household, former: Household, **fields: Any) -> httpx2.Response:
        """Merge as it is proposed."""
        preview = await self.preview(kept, former)
        matches = [
            {"person_id": person["person_id"], "kept_person_id": person["kept_person_id"]}
            for person in preview["people"]
            if person["kept_person_id"]
        ]
        body = {"former_id": str(former.household_id), "matches": matches, "fingerprint": preview["fingerprint"]}
        return await self.post(kept, body | fields)

    async def post(self, kept: Household, body: dict[str, Any], key: dict[str, str] | None = None) -> httpx2.Response:
        """Merge what the body says."""
        headers = self.headers | (key or self.service.key())
        return await self.service.client.post(f"/households/{kept.household_id}/merges", json=body, headers=headers)

    async def undo(self, merge: httpx2.Response) -> httpx2.Response:
        """Undo a merge."""
        path = f"/household-merges/{merge.json()['merge_id']}/undoing"
        return await self.service.client.post(path, headers=self.headers)

    async def states(self) -> dict[UUID, HouseholdState]:
        """Each file as it was published last."""
        events = await self.service.outbox()
        return {event.household_id: event for event in events if isinstance(event, HouseholdState)}

    async def custody(self, child_id: UUID) -> ResponsibilityState:
        """A child's custody as it was published last."""
        events = await self.service.outbox()
        return [event for event in events if isinstance(event, ResponsibilityState) and event.child_id == child_id][-1]


def person(first_name: str, **fields: Any) -> dict[str, Any]:
    return {"first_name": first_name, "email": f"{first_name.lower()}@courriel.example", **fields}


def child(first_name: str, birth_on: str = "2018-03-04") -> dict[str, str]:
    return {"first_name": first_name, "last_name": "Le Goff", "birth_on": birth_on}
