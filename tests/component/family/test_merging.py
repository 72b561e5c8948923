"""Two files of one household become one, and two again: whoever is in both is one person, and what stood before stands again."""

import pytest

from tests.component.authorization.departures import without_asking
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

REASON = "Le premier dossier n’a pas été trouvé."
TODAY, TOMORROW = "2026-09-01", "2026-09-02"


async def test_whoever_is_in_the_file_that_goes_comes_to_the_other(counter: Counter, desk: Desk) -> None:
    """The day that has begun stays where it is; from the next one on the child lives at the file that is kept."""
    kept = await desk.open(guardian=person("Anne"), children=[child("Léa")])
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    answer = await counter.merge(kept, former)
    assert answer.status_code == 201, answer.text
    assert answer.json()["former_reference"] == former.reference
    file = await counter.file(kept)
    assert [adult["first_name"] for adult in file["adults"]] == ["Anne", "Hugo"]
    assert [one["first_name"] for one in file["children"]] == ["Léa", "Noé"]
    assert [one["reference"] for one in file["merged_files"]] == [former.reference]
    gone = await counter.file(former)
    assert gone["merged_into"] == {"household_id": str(kept.household_id), "reference": kept.reference}
    assert {one["ends_on"] for one in gone["adults"] + gone["children"]} == {TODAY}
    state = (await counter.states())[former.household_id]
    assert state.merged is not None
    assert (state.merged.household_id, str(state.merged.last_on)) == (kept.household_id, TODAY)
    assert [str(payer.ends_on) for payer in state.payers] == [TODAY]
    homes = (await counter.custody(former.children[0].child_id)).residences
    assert [(str(home.starts_on), home.household_ids) for home in homes] == [
        (TODAY, (former.household_id,)),
        (TOMORROW, (kept.household_id,)),
    ]


async def test_a_person_of_both_files_is_one_and_what_differs_is_chosen(counter: Counter, desk: Desk) -> None:
    """The adult who goes leaves the children to the adult who stays; both parents answer for the child of both."""
    kept = await desk.open(guardian=person("Anne", email=None, phone=None), children=[child("Léa")])
    former = await desk.open(
        guardian=person("Anne"),
        co_guardian=person("Hugo", civility="monsieur", last_name="Roy"),
        children=[child("Lea"), child("Noé", "2020-05-06")],
        address={"street": "3 quai Vert"},
        twin_reason=REASON,
    )
    preview = await counter.preview(kept, former)
    matches = {row["name"]: row["kept_person_id"] for row in preview["people"]}
    assert matches["Anne Le Goff-Œuvrard"] == str(kept.adults[0].adult_id)
    assert matches["Lea Le Goff"] == str(kept.children[0].child_id)
    assert matches["Hugo Roy"] is None
    assert preview["obstacle"] is None
    pairs = [
        (former.adults[0].adult_id, kept.adults[0].adult_id),
        (former.children[0].child_id, kept.children[0].child_id),
    ]
    body = {
        "former_id": str(former.household_id),
        "matches": [
            {
                "person_id": str(went),
                "kept_person_id": str(stays),
                "is_phone_taken": went == pairs[0][0],
                "is_email_taken": went == pairs[0][0],
            }
            for went, stays in pairs
        ],
        "is_address_taken": True,
        "fingerprint": preview["fingerprint"],
    }
    answer = await counter.post(kept, body)
    assert answer.status_code == 201, answer.text
    file = await counter.file(kept)
    assert [adult["first_name"] for adult in file["adults"]] == ["Anne", "Hugo"]
    assert [one["first_name"] for one in file["children"]] == ["Léa", "Noé"]
    assert file["adults"][0]["email"] == "anne@courriel.example"
    assert file["adults"][0]["phone"] == former.adults[0].phone
    assert file["address"]["lines"] == ["3 quai Vert"]
    stays = {answerer.adult_id for answerer in (await counter.custody(kept.children[0].child_id)).responsibilities}
    assert stays == {kept.adults[0].adult_id, former.adults[1].adult_id}
    along = await counter.custody(former.children[1].child_id)
    later = {
        answerer.adult_id
        for answerer in along.responsibilities
        if answerer.ends_on is None or str(answerer.ends_on) > TODAY
    }
    assert later == {kept.adults[0].adult_id, former.adults[1].adult_id}
    gone = await counter.custody(former.children[0].child_id)
    assert {str(answerer.ends_on) for answerer in gone.responsibilities} == {TODAY}
    undone = await counter.undo(answer)
    assert undone.status_code == 200, undone.text
    again = await counter.file(kept)
    assert {**again, "adults": [{**adult, "revision": 0} for adult in again["adults"]]} == {
        **kept.model_dump(mode="json"),
        "adults": [{**adult.model_dump(mode="json"), "revision": 0} for adult in kept.adults],
    }
    assert await counter.file(former) == former.model_dump(mode="json")
    assert [state.merged for state in (await counter.states()).values()] == [None, None]


async def test_the_same_request_is_carried_out_once(counter: Counter, desk: Desk) -> None:
    """A key that is sent again gets the answer of the first time; the same wish with another key is told that it is done."""
    kept, former = await desk.open(), await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    preview, key = await counter.preview(kept, former), counter.service.key()
    body = {"former_id": str(former.household_id), "fingerprint": preview["fingerprint"]}
    first, again = await counter.post(kept, body, key), await counter.post(kept, body, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    late = await counter.post(kept, body)
    assert (late.status_code, late.json()["code"]) == (409, "household_merged")
    assert late.json()["params"] == {"reference": kept.reference}
    other_way = await counter.post(former, body | {"former_id": str(kept.household_id)})
    assert other_way.json()["code"] == "household_merged"


async def test_what_changed_since_the_preview_is_told(counter: Counter, desk: Desk) -> None:
    kept, former = await desk.open(), await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    preview = await counter.preview(kept, former)
    adult_id, stranger = former.adults[0].adult_id, kept.adults[0].adult_id
    joined = await counter.service.client.put(
        f"/households/{former.household_id}/members/{stranger}", json={"starts_on": TODAY}, headers=counter.headers
    )
    assert joined.status_code == 200, joined.text
    body = {"former_id": str(former.household_id), "fingerprint": preview["fingerprint"]}
    refused = await counter.post(kept, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "file_merge_outdated")
    assert (await counter.merge(kept, former)).status_code == 201
    late = await counter.service.client.put(
        f"/households/{former.household_id}/payer",
        json={"adult_id": str(adult_id), "starts_on": TOMORROW},
        headers=counter.headers,
    )
    assert (late.status_code, late.json()["code"]) == (409, "household_merged")


async def test_the_former_reference_leads_to_the_file_that_is_kept(counter: Counter, desk: Desk) -> None:
    """By the old number, and by every name, one file is found; undone, both are found again."""
    kept = await desk.open(guardian=person("Anne"))
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    merge = await counter.merge(kept, former)
    for search in (former.reference, "Hugo", "Noé", kept.reference):
        answers = (await counter.get("/households", search=search))["items"]
        assert [item["household_id"] for item in answers] == [str(kept.household_id)], search
    by_number = (await counter.get("/households", search=former.reference))["items"][0]
    assert {"kind": "reference", "text": former.reference, "is_near": False} in by_number["matches"]
    assert len((await counter.get("/households"))["items"]) == 1
    assert (await counter.undo(merge)).status_code == 200
    assert len((await counter.get("/households", search="Le Goff"))["items"]) == 2
    twice = await counter.undo(merge)
    assert (twice.status_code, twice.json()["code"]) == (409, "file_merge_not_undoable")


async def test_what_was_changed_since_stands_against_the_undoing(counter: Counter, desk: Desk) -> None:
    """What blocks is said before and at the undoing; a change that does not hang on the merge blocks nothing."""
    kept = await desk.open(guardian=person("Anne"), address={"street": "1 rue Haute"})
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    merge = await counter.merge(kept, former)
    contact = {"version": 1, "phone": "06 00 00 00 01", "email": "anne@courriel.example"}
    path = f"/adults/{kept.adults[0].adult_id}/contact"
    version = (await counter.get(path))["version"]
    changed = await counter.service.client.put(path, json=contact | {"version": version}, headers=counter.headers)
    assert changed.status_code == 200, changed.text
    (shown,) = (await counter.get(f"/households/{kept.household_id}/merges"))["items"]
    assert shown["blocked_by"] == []
    payer = {"adult_id": str(former.adults[0].adult_id), "starts_on": TOMORROW}
    path = f"/households/{kept.household_id}/payer"
    assert (await counter.service.client.put(path, json=payer, headers=counter.headers)).status_code == 200
    (shown,) = (await counter.get(f"/households/{former.household_id}/merges"))["items"]
    assert shown["blocked_by"] == ["payers"]
    refused = await counter.undo(merge)
    assert (refused.status_code, refused.json()["code"]) == (409, "file_merge_blocked")
    assert refused.json()["params"] == {"parts": ["payers"]}


async def test_its_time_to_be_undone_ends(counter: Counter, desk: Desk) -> None:
    """What was kept for it is forgotten then."""
    kept, former = await desk.open(), await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    merge = await counter.merge(kept, former)
    counter.service.advance(days=30, minutes=1)
    await counter.service.run_job("forget_merged_rows")
    refused = await counter.undo(merge)
    assert (refused.status_code, refused.json()["code"]) == (409, "file_merge_not_undoable")
    assert await counter.service.db.fetchval("select count(*) from household_merges where rows_before is not null") == 0


async def test_a_file_that_took_in_another_is_kept(counter: Counter, desk: Desk) -> None:
    """Merges do not chain: each reference leads to its file in one step."""
    one, two, three = [
        await desk.open(guardian=person(name), children=[child(f"{name}-Lou", "2020-05-06")])
        for name in ("Anne", "Hugo", "Lise")
    ]
    assert (await counter.merge(one, two)).status_code == 201
    refused = await counter.merge(three, one)
    assert (refused.status_code, refused.json()["code"]) == (409, "file_received_another")
    assert (await counter.preview(three, one))["obstacle"]["code"] == "file_received_another"
    assert (await counter.merge(one, three)).status_code == 201


async def test_homes_of_one_child_are_no_duplicates(counter: Counter, desk: Desk) -> None:
    one = await desk.open(guardian=person("Anne"))
    child_id = str(one.children[0].child_id)
    two = await desk.open(guardian=person("Hugo"), children=[], known_child_ids=[child_id])
    turns = {
        "pattern": "week_parity",
        "household_ids": [str(one.household_id), str(two.household_id)],
        "starts_on": TODAY,
    }
    headers = counter.service.as_agent(Role.FRONT_DESK)
    entered = await counter.service.client.put(f"/children/{child_id}/residence", json=turns, headers=headers)
    assert entered.status_code == 200, entered.text
    refused = await counter.merge(one, two)
    assert (refused.status_code, refused.json()["code"]) == (409, "files_are_two_homes")


async def test_the_quotient_of_the_file_that_goes_is_taken_when_it_is_right(counter: Counter, desk: Desk) -> None:
    quotient = {"value_cents": 45_000, "effective_on": TODAY}
    kept = await desk.open(guardian=person("Anne"))
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")], quotient=quotient)
    merge = await counter.merge(kept, former, is_quotient_taken=True)
    assert merge.status_code == 201, merge.text
    counter.service.advance(days=1)
    assert (await counter.file(kept))["quotient"]["value_cents"] == 45_000
    assert (await counter.undo(merge)).status_code == 200
    assert (await counter.file(kept))["quotient"] is None


async def test_a_protected_address_is_shown_to_nobody_by_a_merge(counter: Counter, desk: Desk) -> None:
    """Neither by merging a file whose address is protected, nor by the former file once that of the kept one is; the undoing waits then."""
    kept = await desk.open(guardian=person("Anne"))
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    merge = await counter.merge(kept, former)
    director = counter.service.as_agent(Role.DIRECTOR)
    path, body = f"/households/{kept.household_id}/protection", {"reason": "Ordonnance", "starts_on": TODAY}
    protected = await counter.service.client.put(path, json=body, headers=director)
    assert protected.status_code == 200, protected.text
    assert [state.address for state in (await counter.states()).values()] == [None, None]
    assert (await counter.undo(merge)).json()["params"] == {"parts": ["address"]}
    third = await desk.open(guardian=person("Lise"), children=[child("Zoé", "2020-05-06")])
    refused = await counter.merge(kept, third)
    assert (refused.status_code, refused.json()["code"]) == (409, "merged_address_protected")


async def test_an_erasure_takes_the_files_that_became_part_along(
    service: RunningService, counter: Counter, desk: Desk
) -> None:
    kept = await desk.open(guardian=person("Anne"))
    former = await desk.open(guardian=person("Hugo"), children=[child("Noé", "2020-05-06")])
    await counter.merge(kept, former)
    await without_asking(service, kept.household_id)
    for table in ("households", "household_merges", "persons"):
        assert await service.db.fetchval(f"select count(*) from {table}") == 0, table
