"""The people around a child: who says and sees them, whom a decision keeps away, and what the site is told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from tests.component.family.child_files import File, rows_of
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"
GRANDMOTHER: dict[str, Any] = {
    "kind": "emergency",
    "first_name": "Odile",
    "last_name": CANARY,
    "relation": "Grand-mère",
    "phone": "06 98 71 23 45",
}
FORBIDDEN: dict[str, Any] = {
    "kind": "forbidden",
    "first_name": "Marc",
    "last_name": "Ecarté",
    "relation": "Oncle",
    "decision": "JAF Caen 26/00412",
    "decided_on": "2026-06-12",
}


class Around:
    """The people around the children of a home."""

    def __init__(self, file: File) -> None:
        self.file, self.service = file, file.service
        self.client, self.child_ids = file.service.client, file.home.child_ids

    async def add(self, headers: dict[str, str], key: dict[str, str] | None = None, **fields: Any) -> Any:
        body = {"child_ids": [self.file.child_id], **fields}
        return await self.client.post("/entourage", json=body, headers=headers | (key or self.service.key()))

    async def added(self, headers: dict[str, str], **fields: Any) -> Any:
        answer = await self.add(headers, **fields)
        assert answer.status_code == 201, answer.text
        everybody = await self.seen(self.service.as_agent(Role.FRONT_DESK))
        return next(person for person in everybody if person["contact_id"] == answer.json()["contact_id"])

    async def change(self, headers: dict[str, str], known: Any, **fields: Any) -> Any:
        kept = {name: known[name] for name in known if name not in ("contact_id", "kind", "has_portrait")}
        return await self.client.put(f"/entourage/{known['contact_id']}", json=kept | fields, headers=headers)

    async def end(self, headers: dict[str, str], known: Any) -> Any:
        body = {"version": known["version"]}
        return await self.client.post(f"/entourage/{known['contact_id']}/end", json=body, headers=headers)

    async def order(self, headers: dict[str, str], *contact_ids: str) -> Any:
        path = f"/children/{self.file.child_id}/entourage-order"
        return await self.client.put(path, json={"contact_ids": contact_ids}, headers=headers)

    async def seen(self, headers: dict[str, str], child_id: str | None = None) -> list[Any]:
        answer = await self.client.get(f"/children/{child_id or self.file.child_id}/entourage", headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["people"])

    async def names(self, headers: dict[str, str]) -> list[tuple[str, str]]:
        return [(person["kind"], person["first_name"]) for person in await self.seen(headers)]

    async def other_home(self, desk: Desk, child_id: str) -> dict[str, str]:
        """An adult of another home of a child, who answers for it."""
        household = await desk.open(**OTHERS)
        other_id = household.adults[0].adult_id
        path = f"/households/{household.household_id}/members/{child_id}"
        answer = await self.client.put(path, json={"starts_on": "2026-09-01"}, headers=desk.headers)
        assert answer.status_code == 200, answer.text
        await self.file.home.answers_for(child_id, other_id, "joint")
        return self.service.as_parent(other_id)


@pytest.fixture
async def around(service: RunningService, desk: Desk) -> Around:
    return Around(File(await opened(service, desk)))


async def test_a_parent_names_somebody_for_both_children_and_the_other_corrects_it(around: Around) -> None:
    father, mother = around.file.father, around.file.mother
    await around.added(father, **GRANDMOTHER, child_ids=around.child_ids)
    (known,) = await around.seen(mother)
    assert (known["phone"], sorted(known["child_ids"])) == ("+33698712345", sorted(around.child_ids))
    assert known["starts_on"] == "2026-09-01"
    answer = await around.change(mother, known, phone="06 11 22 33 44", child_ids=[around.child_ids[0]])
    assert answer.status_code == 200, answer.text
    assert [person["phone"] for person in await around.seen(father)] == ["+33611223344"]
    assert await around.seen(father, around.child_ids[1]) == []
    acts = [(entry["action"], entry["after"].get("fields")) for entry in await around.file.looks(father)]
    assert acts == [("entourage_changed", ["phone"]), ("entourage_added", None)]
    again = await around.change(mother, known | {"child_ids": [around.child_ids[0]]}, phone="06 11 22 33 44")
    assert again.status_code == 200, "whoever asks for what is so already is not refused"
    assert len(await around.file.looks(father)) == 2


async def test_the_same_form_sent_twice_names_one_person(around: Around) -> None:
    key = around.service.key()
    first, second = [await around.add(around.file.father, key, **GRANDMOTHER) for _ in range(2)]
    assert first.json() == second.json()
    assert len(await around.seen(around.file.father)) == 1


async def test_both_homes_see_the_child_s_contacts_and_neither_another_child(around: Around, desk: Desk) -> None:
    """The wall: the grandmother of both children is, for the other home of one, hers alone."""
    other = await around.other_home(desk, around.child_ids[0])
    await around.added(around.file.father, **GRANDMOTHER, child_ids=around.child_ids)
    (known,) = await around.seen(other)
    assert known["child_ids"] == [around.child_ids[0]]
    assert around.child_ids[1] not in str(await around.seen(other))
    assert "Tilleuls" not in str(known)
    refused = await around.change(other, known, child_ids=around.child_ids)
    assert refused.status_code == 404, "a child of theirs alone may be named"
    assert (await around.end(other, known)).status_code == 204
    assert await around.seen(around.file.father) == []
    assert len(await around.seen(around.file.father, around.child_ids[1])) == 1, "the brother keeps her"


async def test_nobody_else_reads_or_writes(around: Around, desk: Desk) -> None:
    known = await around.added(around.file.father, **GRANDMOTHER)
    stranger = around.service.as_parent((await desk.open(**OTHERS)).adults[0].adult_id)
    path = f"/children/{around.file.child_id}/entourage"
    site = around.service.as_agent(Role.DIRECTOR, sites=frozenset({"tilleuls"}))
    for headers, status in ((stranger, 404), (site, 404), (around.service.as_agent(Role.FINANCE), 403)):
        answers = [
            await around.client.get(path, headers=headers),
            await around.add(headers, **GRANDMOTHER),
            await around.change(headers, known, phone=None),
            await around.end(headers, known),
            await around.order(headers, known["contact_id"]),
        ]
        assert [answer.status_code for answer in answers] == [status] * 5
        assert CANARY not in "".join(answer.text for answer in answers)
    await around.file.home.answers_for(around.file.child_id, around.file.home.mother_id, "none")
    assert (await around.client.get(path, headers=around.file.mother)).status_code == 404
    assert (await around.end(around.file.mother, known)).status_code == 404


async def test_who_may_not_collect_is_entered_by_an_agent_and_shown_by_authority(around: Around) -> None:
    father, mother, desk = around.file.father, around.file.mother, around.service.as_agent(Role.FRONT_DESK)
    for kind in ("forbidden", "trusted"):
        refused = await around.add(father, **{**FORBIDDEN, "kind": kind})
        assert (refused.status_code, refused.json()["code"]) == (403, "entourage_kept_by_town")
    bare = await around.add(desk, **{**FORBIDDEN, "decision": None, "decided_on": None})
    assert codes(bare) == [("/decision", "decision_missing"), ("/decided_on", "decision_day_wrong")]
    known = await around.added(desk, **FORBIDDEN)
    assert await around.names(mother) == [("forbidden", "Marc")]
    assert (await around.end(mother, known)).json()["code"] == "entourage_kept_by_town"
    assert (await around.change(mother, known, ends_on="2026-09-02")).status_code == 403
    await around.file.home.answers_for(around.file.child_id, around.file.home.father_id, "sole")
    assert await around.seen(mother) == [], "who exercises no authority is not told"
    assert (await around.end(mother, known)).status_code == 404
    assert [entry["action"] for entry in await around.file.looks(mother)] == []
    assert [entry["action"] for entry in await around.file.looks(father)] == ["forbidden_added"]


async def test_a_trusted_third_person_stands_by_a_decision_and_is_told_to_parents_and_on_site(around: Around) -> None:
    """An agent enters them; both parents read it, neither ends it; without a decision there is none."""
    desk, key = around.service.as_agent(Role.FRONT_DESK), OKPKey.generate_key("X25519")
    trusted = {**FORBIDDEN, "kind": "trusted", "first_name": "Irène", "last_name": "Sureau", "phone": "06 11 22 33 44"}
    bare = await around.add(desk, **{**trusted, "decision": None, "decided_on": None})
    assert codes(bare) == [("/decision", "decision_missing"), ("/decided_on", "decision_day_wrong")]
    known = await around.added(desk, **trusted)
    await around.file.read_by(key)
    for parent in (around.file.father, around.file.mother):
        assert await around.names(parent) == [("trusted", "Irène")]
        assert (await around.end(parent, known)).json()["code"] == "entourage_kept_by_town"
    assert [(person.kind, person.name) for person in (await around.file.cared(key)).people] == [
        ("trusted", "Irène SUREAU")
    ]
    assert (await around.end(desk, known)).status_code == 204
    assert await around.names(around.file.mother) == []


async def test_whom_a_decision_keeps_away_collects_nobody(around: Around) -> None:
    """Not by a new entry, in whatever spelling, and not on the sheet by one that was there before."""
    desk, key = around.service.as_agent(Role.FRONT_DESK), OKPKey.generate_key("X25519")
    uncle = {"kind": "pickup", "first_name": "Marc", "last_name": "Ecarté", "relation": "Oncle"}
    await around.added(around.file.father, **uncle)
    await around.added(around.file.father, **GRANDMOTHER)
    await around.file.read_by(key)
    assert [person.kind for person in (await around.file.cared(key)).people] == ["emergency", "pickup"]
    await around.added(desk, **FORBIDDEN)
    on_sheet = [(person.kind, person.name) for person in (await around.file.cared(key)).people]
    assert on_sheet == [("emergency", f"Odile {CANARY.upper()}"), ("forbidden", "Marc ECARTÉ")]
    assert [person.decision for person in (await around.file.cared(key)).people] == [None, "JAF Caen 26/00412"]
    refused = await around.add(around.file.father, **{**uncle, "last_name": "ECARTE", "first_name": "marc"})
    assert codes(refused) == [("/last_name", "collector_kept_away")]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"kind": "emergency"}, [("/phone", "phone_missing")]),
        ({"kind": "pickup", "birth_on": "2014-09-02"}, [("/birth_on", "too_young_to_collect")]),
        ({"kind": "pickup", "birth_on": "2014-09-01"}, []),
        ({"kind": "pickup", "birth_on": "2026-09-02"}, [("/birth_on", "birth_in_future")]),
        ({"kind": "pickup", "ends_on": "2026-08-31"}, [("/ends_on", "range_reversed")]),
        ({"kind": "pickup", "first_name": "12"}, [("/first_name", "no_letter")]),
        ({"kind": "pickup", "child_ids": []}, [("/child_ids", "invalid")]),
        ({"kind": "neighbour"}, [("/kind", "invalid")]),
    ],
)
async def test_what_cannot_be_said_is_refused_by_its_field(
    around: Around, fields: dict[str, Any], refused: list[tuple[str, str]]
) -> None:
    """The town lets whoever is 12 collect."""
    answer = await around.add(around.file.father, **{**GRANDMOTHER, "phone": None, **fields})
    assert (answer.status_code, [] if answer.is_success else codes(answer)) == (422 if refused else 201, refused)


async def test_whom_to_call_first_and_two_at_once(around: Around) -> None:
    father, mother = around.file.father, around.file.mother
    ids = [(await around.added(father, **{**GRANDMOTHER, "first_name": name}))["contact_id"] for name in ("Un", "Deux")]
    assert (await around.order(mother, *reversed(ids))).status_code == 200
    assert [name for _, name in await around.names(father)] == ["Deux", "Un"]
    for wrong in (ids[:1], [ids[0], ids[0]]):
        assert (await around.order(mother, *wrong)).json()["code"] == "entourage_outdated"
    known = (await around.seen(father))[0]
    answers = await asyncio.gather(
        around.change(father, known, phone="06 11 11 11 11"), around.change(mother, known, phone="06 22 22 22 22")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await around.end(father, known)).json()["code"] == "entourage_outdated"


async def test_a_child_has_ten_people_of_a_kind_at_most(around: Around) -> None:
    for number in range(10):
        await around.added(around.file.father, **{**GRANDMOTHER, "first_name": f"Tante {number}"})
    assert codes(await around.add(around.file.father, **GRANDMOTHER)) == [("/child_ids", "entourage_full")]
    await around.added(around.file.father, **{**GRANDMOTHER, "kind": "pickup"})


async def test_they_stand_nowhere_in_clear_and_go_with_the_child_s_key(
    around: Around, capsys: pytest.CaptureFixture[str]
) -> None:
    await around.added(around.file.father, **GRANDMOTHER)
    text = await rows_of(around.service.db)
    emitted = "\n".join(event.payload().decode() for event in await around.service.outbox())
    for place in (text, emitted, capsys.readouterr().out):
        assert [trace for trace in (CANARY, CANARY.encode().hex(), "698712345") if trace in place] == []
    assert await around.service.db.fetchval("select count(*) from entourage") == 1
    around.service.db.clock_offset += timedelta(days=18 * 366)
    await around.service.run_job("forget_child_files")
    assert await around.service.db.fetchval("select count(*) from entourage") == 0
