"""An office that sends procedures to groups of pupils: a school with two classes, a home with two children, and what its adults read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.family.circular_events import CircularAddressed
from contracts.family.circulars import CircularLetter
from services.family.circulars.commands import CircularWork
from services.family.documents.commands import Papers
from tests.component.family.request_forms import RequestForms
from tests.component.family.school_office import SchoolOffice

CODE = "autorisations_piscine"
PAGES = ({"piscine": "yes", "sait_nager": "oui", "baignade": ""}, {"sorties": "yes", "accompagner": "no", "lu": "yes"})
UNBOUND = 1_000_000
"""Nobody publishes here: what waits holds no mail back."""


class CircularOffice:
    """An agent who sends procedures to groups, beside the office that keeps the schools and the home that answers."""

    def __init__(self, requests: RequestForms, secrets_dir: Path) -> None:
        self.requests, self.service = requests, requests.service
        self.schools = SchoolOffice(self.service)
        self.children = [requests.child(), requests.child(1)]
        self._secrets_dir = secrets_dir

    async def open(self) -> None:
        """A school with Léa in CE1 A and Tom in CP."""
        await self.schools.school()
        self.ce1 = await self.schools.open_class("CE1 A", ["ce1"])
        self.cp = await self.schools.open_class("CP", ["cp"])
        await self.schools.place(self.children[0], "ce1", self.ce1)
        await self.schools.place(self.children[1], "cp", self.cp)

    def body(self, **fields: Any) -> dict[str, Any]:
        group = {"school_year": 2026, "school_code": "tilleuls"}
        return {"code": CODE, "ends_on": "2026-09-20", "since_on": "2026-09-01", **group, **fields}

    async def send(self, headers: Any = None, **fields: Any) -> Any:
        return await self.schools.post("/circulars", self.body(**fields), headers)

    async def sent(self, **fields: Any) -> str:
        answer = await self.send(**fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["circular_id"])

    async def preview(self, **fields: Any) -> Any:
        return await self.schools.post("/circular-previews", self.body(**fields))

    async def read(self, circular_id: str) -> Any:
        return await self.schools.read(f"/circulars/{circular_id}")

    async def listed(self, circular_id: str, **query: Any) -> list[tuple[str, str]]:
        """First names of whom a circular asks, with their states."""
        items = (await self.schools.read(f"/circulars/{circular_id}/children", **query))["items"]
        return [(item["first_name"], item["state"]) for item in items]

    async def act(self, circular_id: str, what: str) -> Any:
        return await self.schools.post(f"/circulars/{circular_id}/{what}")

    async def own(self, headers: Any = None) -> list[tuple[str, bool]]:
        """What a parent, the father unless said, is asked: for whom, and whether it is begun."""
        answer = await self.service.client.get("/me/circulars", headers=headers or self.requests.father)
        assert answer.status_code == 200, answer.text
        return [(item["name"], item["is_begun"]) for item in answer.json()["items"]]

    async def answered(self, place: int, headers: Any = None) -> Any:
        """A child's answer, sent by a parent."""
        return await self.requests.sent(CODE, person_id=self.children[place], pages=PAGES, headers=headers)

    async def work(self) -> None:
        """The job comes by."""
        await CircularWork(self.service.service.provide[Papers], UNBOUND).run(self.service.db)

    async def letters(self) -> list[CircularLetter]:
        """Every letter so far."""
        key = OKPKey.import_key(json.loads((self._secrets_dir / "seal_private.json").read_text()))
        events: Sequence[Any] = await self.requests.home.events(CircularAddressed)
        return [CircularLetter.model_validate_json(unseal(event.sealed, key)) for event in events]

    async def mailed(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """To whom letters went, about whom, and whether they were reminders."""
        return [(item.email.split("@")[0].lower(), item.names, item.is_reminder) for item in await self.letters()]
