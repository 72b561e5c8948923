"""Agents who merge one file at once, each into another one, or while somebody edits it: one wins, the other is told, and nothing is half done."""

import asyncio

import pytest

from contracts.family.models import Household
from services.family.people.store import lock_child
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter, child, person
from tests.support.locks import as_far_as_it_can
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TODAY = "2026-09-01"
NAMES = ("Anne", "Hugo", "Lise")
MERGED_SQL = "select household_id, merged_into from households order by reference"


async def three(desk: Desk) -> list[Household]:
    return [await desk.open(guardian=person(name), children=[child(f"{name}-Lou", "2020-05-06")]) for name in NAMES]


async def test_overlapping_merges_leave_one(service: RunningService, desk: Desk) -> None:
    """Into A and into C, and the other way round, many times at once: one merge of B stands, and no file is part of one that is part of another."""
    counter = Counter(service, desk)
    one, two, three_ = await three(desk)
    pairs = [(one, two), (three_, two), (two, one), (two, three_), (one, two)]
    answers = await asyncio.gather(*(counter.merge(kept, former) for kept, former in pairs), return_exceptions=True)
    merged = {row["household_id"]: row["merged_into"] for row in await service.db.fetch(MERGED_SQL)}
    gone = {household_id for household_id, kept_id in merged.items() if kept_id is not None}
    assert gone, answers
    assert all(merged[kept_id] is None for kept_id in merged.values() if kept_id is not None)
    done = [answer for answer in answers if not isinstance(answer, BaseException) and answer.status_code == 201]
    assert len(done) == len(gone)
    refused = {
        answer.json()["code"] for answer in answers if not isinstance(answer, BaseException) and answer not in done
    }
    assert refused <= {"household_merged", "file_received_another", "file_merge_outdated"}


async def test_the_same_merge_at_once_is_made_once(service: RunningService, desk: Desk) -> None:
    counter = Counter(service, desk)
    kept, former, _ = await three(desk)
    seen = (await counter.preview(kept, former))["fingerprint"]
    body = {"former_id": str(former.household_id), "fingerprint": seen}
    answers = await asyncio.gather(*(counter.post(kept, body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert {answer.json().get("code") for answer in answers} == {None, "household_merged"}
    assert await service.db.fetchval("select count(*) from household_merges") == 1


async def test_an_edit_at_once_counts_or_is_told(service: RunningService, desk: Desk) -> None:
    """Whoever edits the file that goes either was first, and the merge is told that it is outdated, or is told where the file went."""
    counter = Counter(service, desk)
    kept, former, other = await three(desk)
    seen = (await counter.preview(kept, former))["fingerprint"]
    body = {"former_id": str(former.household_id), "fingerprint": seen}
    edit = service.client.put(
        f"/households/{former.household_id}/members/{other.adults[0].adult_id}",
        json={"starts_on": TODAY},
        headers=counter.headers,
    )
    merge, edited = await asyncio.gather(counter.post(kept, body), edit)
    codes = (merge.json().get("code"), edited.json().get("code"))
    assert codes in ((None, "household_merged"), ("file_merge_outdated", None))


async def test_an_undoing_waits_for_whoever_holds_a_child(service: RunningService, desk: Desk) -> None:
    """A parent says something of a child's health at the moment at which the files become two: it is not lost, and stands against the undoing."""
    counter = Counter(service, desk)
    kept = await desk.open(guardian=person("Anne"))
    former = await desk.open(guardian=person("Anne", email=None), children=[child("Lea")], twin_reason="Oubli")
    child_id, parent = kept.children[0].child_id, service.as_parent(kept.adults[0].adult_id)
    path = f"/children/{child_id}/health"
    answer_of_parent = await service.client.put(path, json={"revision": 0, "treatments": "Aucun"}, headers=parent)
    assert answer_of_parent.status_code == 200, answer_of_parent.text
    merge = await counter.merge(kept, former)
    assert merge.status_code == 201, merge.text
    async with service.db.transaction() as tx:
        await lock_child(tx, child_id)
        await tx.execute("update health_files set revision = revision + 1 where child_id = $1", child_id)
        undoing = asyncio.create_task(counter.undo(merge))
        await as_far_as_it_can(service.db, undoing)
    refused = await undoing
    assert (refused.status_code, refused.json().get("params")) == (409, {"parts": ["care"]})
    assert await service.db.fetchval("select revision from health_files where child_id = $1", child_id) == 2
