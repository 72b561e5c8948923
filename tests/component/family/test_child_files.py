"""A child's health and authorizations: who says and reads them, that each look is noted, what is sealed, and what erasure leaves."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import OKPKey

from chassis.data.history import history_of
from chassis.sealing import SealBroken, unseal
from tests.component.family.child_files import File, rows_of
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CANARY = "quetzalcanari"
CANARIES: dict[str, Any] = {
    "allergens": ["peanuts"],
    "other_allergies": f"{CANARY}a",
    "has_pai": True,
    "pai_ends_on": "2027-06-30",
    "conduct": f"{CANARY}b\n112",
    "treatments": f"{CANARY}c",
    "diet": "vegetarian",
    "has_own_lunch": True,
    "doctor_name": f"{CANARY}d",
    "doctor_phone": "+33698712345",
}
TRACES = (CANARY, CANARY.encode().hex(), "peanuts", b"peanuts".hex(), "vegetarian", "+33698712345", "2027-06-30")

RESTORED = "insert into health_files (child_id, revision, sealed, changed_at, changed_by) values ($1, 1, $2, now(), $1)"


@pytest.fixture
async def file(service: RunningService, desk: Desk) -> File:
    return File(await opened(service, desk))


async def test_what_one_parent_says_the_other_and_the_direction_read(file: File) -> None:
    assert (await file.health(file.mother)).json()["revision"] == 0
    answer = await file.say(file.father, **CANARIES)
    assert answer.status_code == 200, answer.text
    known = (await file.health(file.mother)).json()
    assert known["revision"] == 1
    assert {name: known[name] for name in CANARIES} == CANARIES
    assert len(known["vaccines"]) == 11
    assert (await file.health(file.director)).json()["conduct"] == CANARIES["conduct"]


async def test_nobody_else_reads_it(file: File, desk: Desk) -> None:
    await file.say(file.father, **CANARIES)
    stranger = file.service.as_parent((await desk.open(**OTHERS)).adults[0].adult_id)
    answers = [
        (await file.health(stranger), 404),
        (await file.health(file.service.as_agent(Role.FINANCE)), 403),
        (await file.health(file.service.as_agent(Role.SITE)), 403),
        (await file.health(file.service.as_agent(Role.FRONT_DESK)), 403),
        (await file.health(file.service.as_agent(Role.DIRECTOR, sites=frozenset({"tilleuls"}))), 404),
        (await file.say(stranger, revision=1), 404),
        (await file.say(file.service.as_agent(Role.FINANCE), revision=1), 403),
    ]
    for answer, status in answers:
        assert answer.status_code == status, answer.text
        assert CANARY not in answer.text


async def test_a_parent_whose_authority_was_taken_sees_nothing(file: File) -> None:
    """Not the child in a list, nor the file, nor who looked at it."""
    await file.say(file.mother, **CANARIES)
    await file.home.answers_for(file.child_id, file.home.father_id, "none")
    client, path = file.service.client, f"/children/{file.child_id}"
    for method, place, body in (
        ("GET", "health", None),
        ("PUT", "health", {"revision": 1}),
        ("GET", "authorizations/2026", None),
        ("PUT", "authorizations/2026", {"image": "refused"}),
        ("PUT", "confirmations/2026", {"revision": 1}),
        ("GET", "file-history", None),
    ):
        answer = await client.request(method, f"{path}/{place}", json=body, headers=file.father)
        assert answer.status_code == 404, (place, answer.text)
        assert CANARY not in answer.text
    listed = (await client.get("/me/children", headers=file.father)).json()["items"]
    assert [child["child_id"] for child in listed] == [file.home.child_ids[1]], "the brother is still theirs"


async def test_both_homes_of_a_child_have_one_file(file: File, desk: Desk) -> None:
    household = await desk.open(**OTHERS)
    other_id = household.adults[0].adult_id
    path = f"/households/{household.household_id}/members/{file.child_id}"
    answer = await file.service.client.put(path, json={"starts_on": "2026-09-01"}, headers=desk.headers)
    assert answer.status_code == 200, answer.text
    other = file.service.as_parent(other_id)
    assert (await file.health(other)).status_code == 404, "belonging to a home of it is not enough"
    await file.home.answers_for(file.child_id, other_id, "joint")
    await file.say(other, **CANARIES)
    assert (await file.health(file.father)).json()["conduct"] == CANARIES["conduct"]
    text = (await file.health(other)).text + str(await file.looks(other)) + str(await file.authorizations(other))
    assert "Tilleuls" not in text
    assert str(file.home.household.household_id) not in text


async def test_each_look_of_an_agent_is_noted_and_both_parents_see_it(file: File) -> None:
    await file.say(file.father, **CANARIES)
    for _ in range(2):
        await file.health(file.director)
    await file.health(file.mother)
    seen = await file.looks(file.mother)
    assert seen == await file.looks(file.father)
    assert [(entry["action"], entry["actor_kind"]) for entry in seen] == [
        ("health_read", "agent"),
        ("health_read", "agent"),
        ("health_changed", "parent"),
    ]
    assert set(seen[2]["after"]) == {"fields"}
    answer = await file.service.client.get("/history", headers=file.father)
    assert "health" not in answer.text, "a file of a child is in no home's history"


async def test_two_parents_at_once_and_one_learns_of_the_other(file: File) -> None:
    """The race: both saw the same, both change it; the second is told, and nothing is lost unseen."""
    answers = await asyncio.gather(
        file.say(file.father, 0, conduct="Appeler le 15"), file.say(file.mother, 0, conduct="Appeler sa mère")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(answer for answer in answers if answer.status_code == 409).json()["code"] == "health_outdated"
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    known = (await file.health(file.father)).json()
    assert (known["revision"], known["conduct"]) == (1, winner["conduct"])
    again = await file.say(file.mother, 0, conduct=known["conduct"])
    assert (again.status_code, again.json()["revision"]) == (200, 1), "whoever says the same changes nothing"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"has_pai": True}, ("/conduct", "conduct_missing")),
        ({"has_own_lunch": True}, ("/has_own_lunch", "without_pai")),
        ({"allergens": ["kiwi"]}, ("/allergens/0", "invalid")),
        ({"other_allergies": "k" * 201}, ("/other_allergies", "invalid")),
        ({"conduct": "k" * 1001}, ("/conduct", "invalid")),
        ({"diet": "halal"}, ("/diet", "invalid")),
        ({"religion": "none"}, ("/religion", "invalid")),
        ({"doctor_phone": "18"}, ("/doctor_phone", "invalid")),
    ],
)
async def test_what_cannot_be_said_is_refused_by_its_field(
    file: File, fields: dict[str, Any], refused: tuple[str, str]
) -> None:
    answer = await file.say(file.father, **fields)
    assert answer.status_code == 422
    assert codes(answer) == [refused]
    assert "k" * 100 not in answer.text


async def test_a_proof_of_vaccination_is_what_an_agent_saw(file: File) -> None:
    path = f"/children/{file.child_id}/vaccination-proof"
    refused = await file.service.client.put(path, json={"status": "complete"}, headers=file.father)
    assert refused.status_code == 403
    seen = await file.service.client.put(path, json={"status": "missing"}, headers=file.director)
    assert seen.json()["proof"]["provisional_ends_on"] == "2026-12-01"
    body = {"status": "complete", "valid_until_on": "2027-03-31"}
    await file.service.client.put(path, json=body, headers=file.director)
    known = (await file.health(file.father)).json()
    assert known["revision"] == 0, "what a parent is about to say is not outdated by it"
    assert (known["proof"]["seen_on"], known["proof"]["valid_until_on"]) == ("2026-09-01", "2027-03-31")
    assert known["proof"]["seen_by"] == (await file.looks(file.father))[0]["actor_id"]


async def test_a_picture_needs_both_parents_and_a_refusal_of_one_counts(file: File) -> None:
    await file.answer(file.father, image="given", swimming="given")
    assert await file.outcome("image", file.mother) == "awaited"
    assert await file.outcome("swimming", file.mother) == "given"
    await file.answer(file.mother, image="given", swimming="refused")
    assert [await file.outcome(kind, file.father) for kind in ("image", "swimming")] == ["given", "refused"]
    await file.home.answers_for(file.child_id, file.home.mother_id, "none")
    assert await file.outcome("swimming", file.father) == "given", "whose authority was taken counts no more"


async def test_who_answers_for_a_child_without_authority_authorizes_nothing(file: File) -> None:
    await file.home.answers_for(file.child_id, file.home.father_id, "sole")
    answer = await file.answer(file.mother, image="given")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_authorize")
    await file.answer(file.father, image="given")
    assert await file.outcome("image", file.mother) == "given"


async def test_nothing_changed_takes_the_year_before_over_once_it_was_shown(file: File) -> None:
    db = file.service.db
    await file.say(file.father, conduct="Appeler le 15")
    await file.answer(file.father, image="refused", leaving_alone="given", leaves_from="16:30")
    assert codes(await file.answer(file.father, 2027, image="given")) == [("/school_year", "school_year_closed")]
    db.clock_offset += timedelta(days=290)
    shown = await file.authorizations(file.father, 2027)
    assert (shown["carried"]["image"], shown["carried"]["leaves_from"]) == ("refused", "16:30:00")
    assert shown["own"]["image"] is None
    await file.say(file.mother, 1, conduct="Appeler le 18")
    stale = await file.confirm(file.father, 1, 2027)
    assert (stale.status_code, stale.json()["code"]) == (409, "health_outdated")
    assert (await file.authorizations(file.father, 2027))["own"]["image"] is None
    answer = await file.confirm(file.father, 2, 2027)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["own"]["image"], answer.json()["own"]["leaves_from"]) == ("refused", "16:30:00")
    assert await file.outcome("leaving_alone", file.mother, 2027) == "given"
    before = len(await file.looks(file.father))
    assert (await file.confirm(file.father, 2, 2027)).json() == answer.json()
    assert len(await file.looks(file.father)) == before, "a second press does nothing"


async def test_health_stands_nowhere_in_clear(file: File, capsys: pytest.CaptureFixture[str]) -> None:
    """Canaries in every field: in no row, event, answer to a key, or line of the log; the control finds a child's name."""
    key = OKPKey.generate_key("X25519")
    await file.read_by(key)
    assert (await file.say(file.father, **CANARIES)).status_code == 200
    await file.answer(file.father, leaving_alone="given", leaves_from="16:31")
    await file.health(file.director)
    refused = await file.say(file.father, 1, **{**CANARIES, "diet": CANARY})
    assert refused.status_code == 422
    assert CANARY not in refused.text
    text = await rows_of(file.service.db)
    assert "Léa" in text
    emitted = "\n".join(event.payload().decode() for event in await file.service.outbox())
    for place in (text, emitted, capsys.readouterr().out):
        assert [trace for trace in (*TRACES, "16:31") if trace in place] == []
    assert (await file.cared(key)).conduct == CANARIES["conduct"], "its reader alone opens it"


async def test_what_is_said_on_site_is_sealed_for_the_key_of_the_child_alone(file: File) -> None:
    first, second = OKPKey.generate_key("X25519"), OKPKey.generate_key("X25519")
    await file.say(file.father, **CANARIES)
    assert await file.published() == [], "nobody has the child in care: nothing leaves this service"
    await file.read_by(first)
    cared = await file.cared(first)
    assert (cared.is_known, cared.allergens, cared.has_own_lunch) == (True, ("peanuts",), True)
    assert "treatments" not in cared.model_dump()
    await file.answer(file.mother, leaving_alone="given", leaves_from="17:00")
    assert [answer.adult_id for answer in (await file.cared(first)).leaving] == [file.home.mother_id]
    await file.read_by(second)
    assert (await file.published())[-1].sealed_for == second.thumbprint()
    with pytest.raises(SealBroken):
        unseal((await file.published())[-1].sealed, first)


async def test_erasure_destroys_the_key_first(file: File) -> None:
    """At majority nobody answers for the child: the file goes, and what a copy of its rows holds says nothing any more."""
    db = file.service.db
    await file.say(file.father, **CANARIES)
    await file.answer(file.mother, image="refused")
    await file.health(file.director)
    sealed = await db.fetchval("select sealed from health_files where child_id = $1", file.child_id)
    await file.service.run_job("forget_child_files")
    assert (await file.health(file.mother)).json()["revision"] == 1, "a minor's file stays"
    db.clock_offset += timedelta(days=366 * 18)
    await file.service.run_job("forget_child_files")
    counted = "select (select count(*) from health_files) + (select count(*) from authorization_answers)"
    assert await db.fetchval(counted) == 0
    assert await db.fetchval("select count(*) from history_keys where owner = $1", file.child_id) == 0
    await db.execute(RESTORED, file.child_id, sealed)
    assert "quetzal" not in (await file.health(file.director)).text, "a row that a backup brings back is not opened"
    erased = await db.fetch("select key from outbox where topic = 'family.care' and payload is null")
    assert [row["key"] for row in erased] == [file.child_id]
    assert await db.fetchval("select count(*) from history where subject = $1 and after is not null", file.child_id) > 0
    noted = (await history_of(db, None, None, [UUID(file.child_id)])).items
    assert len(noted) == 4
    assert {entry.after for entry in noted} == {None}
