"""Requests as a home makes them and the desk decides them."""

from typing import Any
from uuid import UUID, uuid4

from chassis.actor import Actor
from contracts.types import ActorKind
from tests.component.family.delegating import Home
from tests.component.family.papers import Papers
from tests.support.roles import Role, agent_of

WAITING_LIST = (
    {"est_ne": "no", "naissance_prevue": "2027-02"},
    {"debut": "2027-09", "jours": ["lundi", "mardi"], "heures": "30"},
    {"situation": "activite", "fratrie": [{"prenom": "Tom", "en_creche": "no"}], "precisions": ""},
)
SCHOOL = ({"rentree": "2026-09", "motif": "arrivee", "ecole_precedente": "École Pasteur"},)
CHANGE = ({"changement": "heures", "nouvelles_heures": "de 9 h à 16 h", "a_partir_du": "2026-10-01"},)


class RequestForms:
    """What a home asks by procedures, and what agents do with it."""

    def __init__(self, home: Home) -> None:
        self.home, self.papers = home, Papers(home)
        self.service, self.client = home.service, home.service.client
        self.father, self.mother = self.papers.father, self.papers.mother
        self.desk, self.director = agent_of(Role.FRONT_DESK), agent_of(Role.DIRECTOR)

    def holding(self, *services: str) -> dict[str, str]:
        """The father once he entered the keys of services."""
        adult_id = self.home.father_id
        return self.service.as_actor(
            Actor(adult_id, ActorKind.PARENT, guardian_id=adult_id, services=frozenset(services))
        )

    def agent(self, actor: Actor | None = None) -> dict[str, str]:
        return self.service.as_actor(actor or self.desk)

    async def begin(self, code: str, headers: dict[str, str] | None = None, person_id: object = None) -> Any:
        body = {"code": code, **({"person_id": str(person_id)} if person_id else {})}
        return await self.client.post("/requests", json=body, headers=(headers or self.father) | self.service.key())

    async def begun(self, code: str, headers: dict[str, str] | None = None, person_id: object = None) -> str:
        answer = await self.begin(code, headers, person_id)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["request_id"])

    async def keep(self, request_id: str, step: int, answers: dict[str, Any], headers: Any = None) -> Any:
        """What comes of a press on a page that was just shown."""
        shown = (await self.read(request_id, headers)).json().get("presses", {}).get(str(step))
        return await self.press(request_id, step, answers, headers, after=shown, press=str(uuid4()))

    async def press(
        self, request_id: str, step: int, answers: dict[str, Any], headers: Any = None, **showing: str | None
    ) -> Any:
        path = f"/requests/{request_id}/steps/{step}"
        return await self.client.put(path, json={"answers": answers, **showing}, headers=headers or self.father)

    async def hold(self, request_id: str, headers: Any = None, **body: Any) -> Any:
        path = f"/requests/{request_id}/editor"
        return await self.client.put(path, json=body, headers=headers or self.father)

    async def fill(self, request_id: str, pages: tuple[dict[str, Any], ...], headers: Any = None) -> None:
        for number, answers in enumerate(pages, start=1):
            answer = await self.keep(request_id, number, answers, headers)
            assert answer.status_code == 200, answer.text

    async def give(self, request_id: str, kind: str, document_id: str, headers: Any = None) -> Any:
        path = f"/requests/{request_id}/pieces/{kind}"
        return await self.client.put(path, json={"document_id": document_id}, headers=headers or self.father)

    async def post(self, request_id: str, what: str, headers: Any = None, **body: Any) -> Any:
        path = f"/requests/{request_id}/{what}"
        return await self.client.post(path, json=body or None, headers=headers or self.father)

    async def send(self, request_id: str, headers: Any = None) -> Any:
        return await self.post(request_id, "sending", headers)

    async def sent(self, code: str = "creche_liste_attente", **fields: Any) -> Any:
        """A request that was filled in and sent."""
        pages = fields.pop("pages", CHANGE if code == "creche_modification" else WAITING_LIST)
        headers = fields.get("headers")
        request_id = await self.begun(code, headers, fields.get("person_id"))
        await self.fill(request_id, pages, headers)
        answer = await self.send(request_id, headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def decide(self, request_id: str, move: str, headers: Any = None, **body: Any) -> Any:
        return await self.post(request_id, "decision", headers or self.agent(), move=move, **body)

    async def take(self, request_id: str, headers: Any = None, **body: Any) -> Any:
        body = body or {"is_taking_over": False}
        return await self.post(request_id, "taking", headers or self.agent(), **body)

    async def write(self, request_id: str, words: str, headers: Any = None, *document_ids: str) -> Any:
        path, body = f"/requests/{request_id}/messages", {"words": words, "document_ids": document_ids}
        return await self.client.post(path, json=body, headers=(headers or self.father) | self.service.key())

    async def read(self, request_id: str, headers: Any = None) -> Any:
        return await self.client.get(f"/requests/{request_id}", headers=headers or self.father)

    async def own(self, headers: Any = None) -> list[Any]:
        answer = await self.client.get("/me/requests", headers=headers or self.father)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def catalogue(self, headers: Any = None) -> dict[str, Any]:
        answer = await self.client.get("/me/procedures", headers=headers or self.father)
        assert answer.status_code == 200, answer.text
        return {item["code"]: item for item in answer.json()["items"]}

    async def listed(self, **query: Any) -> list[Any]:
        answer = await self.client.get("/requests", params=query, headers=self.agent())
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def child(self, place: int = 0) -> UUID:
        return UUID(self.home.child_ids[place])
