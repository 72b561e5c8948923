"""A household of two parents who let others act for their children, and what is seen of that."""

from typing import Any
from uuid import UUID, uuid4

from chassis.actor import Actor
from contracts.family.models import Household
from contracts.types import ActorKind
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

JEANNE = {"first_name": "Jeanne", "last_name": "Lefort", "email": "jeanne@courriel.example"}
MOTHER = {"civility": "madame", "first_name": "Anna", "last_name": "Le Goff", "email": "anna@courriel.example"}
OTHERS: dict[str, Any] = {
    "guardian": {"first_name": "Paul", "last_name": "Petit", "email": "paul@courriel.example"},
    "children": [{"first_name": "Zoé", "last_name": "Petit", "birth_on": "2018-03-04"}],
}


class Home:
    """Two parents of a household with two children, who let others act for them."""

    def __init__(self, service: RunningService, household: Household) -> None:
        self.service, self.household = service, household
        self.father_id, self.mother_id = (adult.adult_id for adult in household.adults)
        self.child_ids = [str(child.child_id) for child in household.children]

    async def give(self, by: UUID | None = None, key: dict[str, str] | None = None, **fields: Any) -> Any:
        """The answer to a parent, the father unless said, who lets Jeanne see and book until Christmas."""
        body = {**JEANNE, "child_ids": self.child_ids, "acts": ["days.book"], "ends_on": "2026-12-24", **fields}
        headers = self.service.as_parent(by or self.father_id) | (key or self.service.key())
        return await self.service.client.post("/delegations", json=body, headers=headers)

    async def given(self, by: UUID | None = None, **fields: Any) -> Any:
        """A delegation that was given."""
        answer = await self.give(by, **fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def delegate_of(self, given: Any) -> str:
        """The id of whoever holds a delegation, which agents alone are told."""
        path = f"/delegations?household_id={self.household.household_id}"
        answer = await self.service.client.get(path, headers=self.service.as_agent(Role.FRONT_DESK))
        items = {item["delegation_id"]: item for item in answer.json()["items"]}
        return str(items[given["delegation_id"]]["delegate_id"])

    async def seen(self, by: UUID | None = None) -> list[Any]:
        """The delegations of the household, as one of its parents sees them."""
        answer = await self.service.client.get("/delegations", headers=self.service.as_parent(by or self.father_id))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def revoke(self, delegation_id: str, by: UUID) -> Any:
        path = f"/delegations/{delegation_id}/revocation"
        return await self.service.client.post(path, headers=self.service.as_parent(by))

    async def held(self, delegate_id: str, kind: ActorKind = ActorKind.DELEGATE) -> list[Any]:
        answer = await self.service.client.get("/me/delegations", headers=self.holder(delegate_id, kind))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def holder(self, delegate_id: str, kind: ActorKind = ActorKind.DELEGATE) -> dict[str, str]:
        return self.service.as_actor(Actor(uuid4(), kind, guardian_id=UUID(delegate_id)))

    async def events(self, kind: type[Any]) -> list[Any]:
        """What the service said of a kind."""
        return (await self.service.emitted(kind=kind))[1]

    async def answers_for(self, child_id: str, adult_id: UUID, authority: str, **fields: Any) -> None:
        body = {"role": "guardian", "authority": authority, "starts_on": "2026-09-01", **fields}
        path = f"/children/{child_id}/responsibilities/{adult_id}"
        answer = await self.service.client.put(path, json=body, headers=self.service.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 200, answer.text

    async def history(self, by: UUID | None = None) -> list[Any]:
        answer = await self.service.client.get("/history", headers=self.service.as_parent(by or self.father_id))
        return [entry for entry in answer.json()["items"] if entry["action"].startswith("delegation")]


async def opened(service: RunningService, desk: Desk) -> Home:
    """The household of Éric and Anna, with Léa and Tom."""
    tom = {"first_name": "Tom", "last_name": "Le Goff", "birth_on": "2020-05-06"}
    lea = {"first_name": "Léa", "last_name": "Le Goff", "birth_on": "2018-03-04"}
    return Home(service, await desk.open(co_guardian=MOTHER, children=[lea, tom]))


def codes(answer: Any) -> list[tuple[str, str]]:
    """Where a request was refused, and why."""
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
