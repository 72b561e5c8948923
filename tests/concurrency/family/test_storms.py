"""Agents and parents who do everything to the same files at once: nobody is answered with a fault, and what was told last is what stands."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from contracts.event import Event
from contracts.family.events import QuotientState
from contracts.family.school_events import SchoolingState
from services.family.custody.store import load_custody
from services.family.households.store import load_file
from services.family.people.store import load_children
from services.family.quotients.store import load_quotients
from services.family.schooling.store import load_schoolings
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person
from tests.component.family.school_office import SchoolOffice
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TODAY = "2026-09-01"
HANDS = 4
ACTS = 20


class Storm:
    """Hands that act on a few files, each by chance."""

    def __init__(self, service: RunningService, counter: Counter, seed: int) -> None:
        self.service, self.counter = service, counter
        self.chance = random.Random(seed)
        self.director = service.as_agent(Role.DIRECTOR)
        self.office = SchoolOffice(service)
        self.answered: set[str] = set()
        self.faults: list[str] = []

    async def prepare(self, desk: Desk) -> None:
        """Three files of one town, two of which have a child of both."""
        self.files = [
            await desk.open(
                guardian=person("Anne"),
                co_guardian=person("Yann", civility="monsieur", last_name="Roy"),
                children=[child("Léa"), child("Tom", "2019-05-06")],
            )
        ]
        known = [str(self.files[0].children[0].child_id)]
        self.files.append(
            await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")], known_child_ids=known)
        )
        self.files.append(
            await desk.open(guardian=person("Anne", email=None), children=[child("Lea")], twin_reason="x")
        )
        self.adults = [adult.adult_id for file in self.files for adult in file.adults]
        self.children = sorted({one.child_id for file in self.files for one in file.children})
        self.houses = [file.household_id for file in self.files]
        await self.office.school()
        self.class_id = await self.office.open_class("CE2", ["ce2", "ce1", "cp"])

    async def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        answer = await self.service.client.request(
            method, path, json=body, headers=(headers or self.director) | self.service.key()
        )
        self.answered.add(f"{method} {path.rpartition('/')[2]} {answer.status_code}")
        if answer.status_code >= 500 and answer.json()["code"] != "busy":
            self.faults.append(f"{method} {path} {body} {answer.text}")
        return answer

    async def act(self) -> None:
        """One act by chance."""
        house, other = self.chance.sample(self.houses, 2)
        adult, child_id = self.chance.choice(self.adults), self.chance.choice(self.children)
        parent = self.service.as_parent(adult)
        acts: list[Callable[[], Awaitable[Any]]] = [
            lambda: self.merge(house, other),
            lambda: self.merge(house, other),
            self.undo,
            self.undo,
            lambda: self.split(house),
            lambda: self.send("PUT", f"/households/{house}/members/{adult}", {"starts_on": TODAY}),
            lambda: self.send("PUT", f"/households/{house}/members/{child_id}", {"starts_on": TODAY}),
            lambda: self.send("POST", f"/households/{house}/members/{adult}/end", {"ends_on": TODAY}),
            lambda: self.send("PUT", f"/households/{house}/payer", {"adult_id": str(adult), "starts_on": TODAY}),
            lambda: self.send(
                "PUT",
                f"/households/{house}/quotient",
                {"value_cents": self.chance.randrange(90_000), "effective_on": TODAY},
            ),
            lambda: self.send("PUT", f"/households/{house}/protection", {"reason": "Ordonnance", "starts_on": TODAY}),
            lambda: self.send("POST", f"/households/{house}/protection/end", {"reason": "Levée"}),
            lambda: self.send("POST", f"/households/{house}/archive", {"reason": "Parti"}),
            lambda: self.send("POST", f"/households/{house}/reopening"),
            lambda: self.home(child_id, house, other),
            lambda: self.send(
                "PUT", f"/children/{child_id}/responsibilities/{adult}", {"role": "guardian", "starts_on": TODAY}
            ),
            lambda: self.send(
                "PUT", f"/children/{child_id}/responsibilities/{adult}", {"role": "pickup", "starts_on": TODAY}
            ),
            lambda: self.health(child_id, parent),
            lambda: self.contact(adult, house),
            lambda: self.office.place(child_id, "ce2", self.class_id),
            lambda: self.send(
                "POST",
                "/entourage",
                {
                    "kind": "emergency",
                    "first_name": "Odile",
                    "last_name": "Roy",
                    "relation": "Voisine",
                    "phone": "0612345678",
                    "child_ids": [str(child_id)],
                },
                parent,
            ),
        ]
        await self.chance.choice(acts)()

    async def merge(self, house: UUID, other: UUID) -> None:
        seen = await self.send("GET", f"/households/{house}/duplicates/{other}")
        if seen.status_code != 200:
            return
        preview = seen.json()
        matches = [
            {
                "person_id": row["person_id"],
                "kept_person_id": row["kept_person_id"],
                "is_phone_taken": row["kind"] == "adult",
                "is_email_taken": row["kind"] == "adult",
            }
            for row in preview["people"]
            if row["kept_person_id"]
        ]
        body = {"former_id": str(other), "matches": matches, "fingerprint": preview["fingerprint"]}
        body |= {"is_address_taken": self.chance.random() < 0.5, "is_quotient_taken": self.chance.random() < 0.5}
        await self.send("POST", f"/households/{house}/merges", body)

    async def undo(self) -> None:
        merge_id = await self.service.db.fetchval(
            "select merge_id from household_merges where undone_at is null order by random() limit 1"
        )
        if merge_id is not None:
            await self.send("POST", f"/household-merges/{merge_id}/undoing")

    async def split(self, house: UUID) -> None:
        file = (await self.send("GET", f"/households/{house}")).json()
        if len(file["adults"]) < 2:
            return
        leaves = file["adults"][-1]["adult_id"]
        body = {
            "adult_ids": [leaves],
            "children": [
                {"child_id": one["child_id"], "place": self.chance.choice(["former", "new", "both"])}
                for one in file["children"]
            ],
            "from_on": TODAY,
            "address": {"street": "3 quai Vert", "postal_code": "14000", "city": "Valmont-sur-Orne"},
            "payer_adult_id": leaves,
            "former_payer_id": file["adults"][0]["adult_id"],
        }
        seen = await self.send("POST", f"/households/{house}/split-previews", body)
        if seen.status_code == 200:
            made = await self.send(
                "POST", f"/households/{house}/splits", body | {"fingerprint": seen.json()["fingerprint"]}
            )
            if made.status_code == 201:
                self.houses.append(UUID(made.json()["household_id"]))

    async def home(self, child_id: UUID, house: UUID, other: UUID) -> None:
        both = self.chance.random() < 0.5
        body = {
            "pattern": "week_parity" if both else "single",
            "household_ids": [str(house), *([str(other)] if both else [])],
            "starts_on": TODAY,
        }
        await self.send("PUT", f"/children/{child_id}/residence", body)

    async def health(self, child_id: UUID, parent: dict[str, str]) -> None:
        known = await self.send("GET", f"/children/{child_id}/health", headers=parent)
        if known.status_code == 200:
            body = {"revision": known.json()["revision"], "treatments": str(self.chance.random())}
            await self.send("PUT", f"/children/{child_id}/health", body, parent)

    async def contact(self, adult: UUID, house: UUID) -> None:
        known = await self.send("GET", f"/adults/{adult}/contact")
        if known.status_code == 200:
            body = {"version": known.json()["version"], "phone": f"06 00 00 00 {self.chance.randrange(10, 99)}"}
            if self.chance.random() < 0.5:
                body |= {
                    "address": {
                        "street": "9 quai Bas",
                        "postal_code": "14000",
                        "city": "Valmont-sur-Orne",
                        "household_id": str(house),
                    }
                }
            await self.send("PUT", f"/adults/{adult}/contact", body)

    async def hand(self) -> None:
        for _ in range(ACTS):
            await self.act()


async def told_and_standing(service: RunningService) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Whatever was told last that is not what stands, beside it."""
    db = service.db
    last: dict[tuple[str, str], Event] = {}
    for event in await service.outbox():
        last[event.topic, event.key] = event
    wrong = {}
    children = await load_children(db, [row["child_id"] for row in await db.fetch("select child_id from children")])
    stands: list[Event] = []
    for row in await db.fetch("select household_id from households"):
        file = await load_file(db, row["household_id"])
        assert file
        stands.append(file.state())
        if quotients := await load_quotients(db, file.household_id):
            stands.append(QuotientState(household_id=file.household_id, quotients=quotients))
    schoolings = await load_schoolings(db, list(children))
    for child_id, one in children.items():
        stands += [one.state(), (await load_custody(db, one)).state()]
        if schoolings[child_id]:
            stands.append(SchoolingState(child_id=child_id, schoolings=schoolings[child_id]))
    for event in stands:
        news = last.get((event.topic, event.key))
        if news is None or news.payload() != event.payload():
            wrong[event.topic, event.key] = (news and news.payload(), event.payload())
    return wrong


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_told_last_is_what_stands(service: RunningService, desk: Desk, seed: int) -> None:
    storm = Storm(service, Counter(service, desk), seed)
    await storm.prepare(desk)
    await asyncio.gather(*(storm.hand() for _ in range(HANDS)))
    assert storm.faults == []
    assert len(storm.answered) > 20, "the control: many acts were done, and many refused"
    assert await told_and_standing(service) == {}
