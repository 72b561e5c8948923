"""Two accounts of one human become one, as previewed, told and noted; and are separated again while that is possible."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from contracts.identity.events import AccountsMerged, AccountsSeparated, AccountState
from contracts.types import SessionStage, StepUp
from services.identity.invariants.queries import CHECKING, STRAY_PERSONS_SQL
from tests.component.identity.merges import FIRST, PHONE, SECOND, Desk, twice
from tests.component.identity.walk import Walk, guardian, problem
from tests.support.roles import Role, agent_of
from tests.support.services import RunningService
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio


@pytest.fixture
def desk(walk: Walk) -> Desk:
    return Desk(walk)


async def test_only_the_same_name_and_number_make_a_candidate(desk: Desk, service: RunningService) -> None:
    one, two = twice()
    others = (
        guardian("a@x.example", first_name="Jean-Pierre", last_name="Le Goff", phone="07 00 00 00 00"),
        guardian("b@x.example", first_name="Jean-Pierre", last_name="Le Goff", phone=None),
        guardian("c@x.example", first_name="Jean", last_name="Le Goff", phone=PHONE),
    )
    for person in (one, two, *others):
        await service.deliver(desk.walk.household(person))
    listed = await desk.duplicates(await desk.account_of(one))
    assert [known["email"] for known in listed["candidates"]] == [SECOND]
    assert (listed["account"]["email"], listed["merges"]) == (FIRST, [])
    for other in others:
        refused = await desk.preview(await desk.account_of(one), await desk.account_of(other))
        assert problem(refused, 409) == "accounts_not_alike"
        refused = await desk.merge(await desk.account_of(one), await desk.account_of(other), "0" * 64)
        assert problem(refused, 409) == "accounts_not_alike", "the command judges for itself"


async def test_two_accounts_become_one(desk: Desk, service: RunningService) -> None:
    """Both files are reached with one of them; the other one's sessions end, and say why when they come back."""
    people = twice()
    kept_session, ended_session = await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    preview = (await desk.preview(kept, merged)).json()
    assert preview["names"] == ["Jean-Pierre Le Goff", "jean pierre LEGOFF"]
    assert (preview["merged"]["session_count"], preview["acceptance_count"]) == (1, 2)

    answer = await desk.merge(kept, merged, preview["fingerprint"])
    assert answer.status_code == 201, answer.text
    assert (await desk.account_of(people[1])) == kept
    ended = await service.client.get("/sessions/current", headers={"X-Session": ended_session})
    assert problem(ended, 401) == "session_ended"
    refused = await desk.walk.sign_in(SECOND, "velo-rouge-42")
    assert problem(refused, 403) == "account_merged"
    assert problem(await desk.walk.sign_in(SECOND, "not-the-password-1"), 401) == "invalid_credentials"

    session = await desk.walk.session(kept_session)
    assert (session.stage, session.guardian_id) == (SessionStage.READY, people[0].adult_id), "goes on as it was"
    again = await desk.walk.signed_in(FIRST, "velo-rouge-42")
    assert (await desk.walk.session(again)).stage is SessionStage.CHOOSE_PERSON
    chosen = await desk.walk.choose_person(again, people[1].adult_id)
    assert chosen.json()["stage"] == "ready", "each proof of the terms counts on"
    states = {event.account_id: event for event in await service.outbox() if isinstance(event, AccountState)}
    assert set(states[kept].guardian_ids) == {person.adult_id for person in people}
    assert (states[merged].guardian_ids, states[merged].status) == ((), "disabled")
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_both_addresses_hear_of_it_and_the_history_notes_it(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    await desk.undo(merge_id)
    events = [event for event in await service.outbox() if isinstance(event, AccountsMerged | AccountsSeparated)]
    assert [(type(event), event.account_id, event.is_kept) for event in events] == [
        (AccountsMerged, kept, True),
        (AccountsMerged, merged, False),
        (AccountsSeparated, kept, True),
        (AccountsSeparated, merged, False),
    ]
    history = await service.client.get("/history", headers=service.as_parent(people[0].adult_id))
    noted = [(item["action"], item["after"]) for item in history.json()["items"]]
    assert noted[:2] == [
        ("accounts_separated", {"merged_account_id": str(merged)}),
        ("accounts_merged", {"merged_account_id": str(merged)}),
    ]


async def test_a_merge_that_is_undone_leaves_everything_as_it_was(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    listed = (await desk.duplicates(kept))["merges"]
    assert [(item["merge_id"], item["email"]) for item in listed] == [(merge_id, SECOND)]
    as_second = await desk.walk.signed_in(FIRST, "velo-rouge-42")
    await desk.walk.choose_person(as_second, people[1].adult_id)

    assert (await desk.undo(merge_id)).status_code == 200
    assert [await desk.account_of(person) for person in people] == [kept, merged]
    assert await desk.can_sign_in(SECOND) == 201
    ended = await service.client.get("/sessions/current", headers={"X-Session": as_second})
    assert problem(ended, 401) == "session_ended"
    alone = await desk.walk.signed_in(FIRST, "velo-rouge-42")
    assert (await desk.walk.session(alone)).stage is SessionStage.READY
    assert problem(await desk.undo(merge_id), 409) == "merge_not_undoable"
    assert (await desk.duplicates(kept))["merges"] == []
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []
    assert (await desk.merge(kept, merged)).status_code == 201, "they can be merged again"


async def test_a_merge_can_be_undone_for_fourteen_days(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    service.advance(days=14, seconds=1)
    await service.run_job("purge")
    assert problem(await desk.undo(merge_id), 409) == "merge_not_undoable"
    assert (await desk.duplicates(kept))["merges"] == []
    hashes = await service.db.fetchval("select count(*) from accounts where password_hash is not null")
    assert hashes == 1, "what opens nothing for ever has no password"


async def test_a_merge_is_not_undone_once_the_address_is_another_accounts(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    await service.deliver(desk.walk.household(guardian(SECOND, first_name="Claude")))
    assert problem(await desk.undo(merge_id), 409) == "merge_not_undoable"
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_what_a_file_says_later_separates_nobody(desk: Desk, service: RunningService) -> None:
    """Whose accounts were merged stands in a file with their former address, which changes; undone, it is the new one that counts."""
    one, two = twice()
    household_id = uuid4()
    await desk.settled(one)
    await service.deliver(desk.walk.household(two, household_id=household_id))
    kept, merged = await desk.account_of(one), await desk.account_of(two)
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    moved = two.model_copy(update={"email": "dominique@ailleurs.example", "revision": 2})
    await service.deliver(desk.walk.household(moved, household_id=household_id))
    assert await desk.account_of(two) == kept
    assert (await desk.undo(merge_id)).json()["email"] == moved.email


async def test_who_is_in_no_file_any_more_gets_no_account_back(desk: Desk, service: RunningService) -> None:
    """What is separated then stands for nobody, and opens nothing."""
    (one, two), other, household_id = twice(), guardian("autre@famille.example", first_name="Anne"), uuid4()
    await desk.settled(one)
    await service.deliver(desk.walk.household(two, other, household_id=household_id))
    kept, merged = await desk.account_of(one), await desk.account_of(two)
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    await service.deliver(desk.walk.household(other, household_id=household_id))
    assert (await desk.undo(merge_id)).status_code == 200
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_what_changed_since_the_preview_is_looked_at_again(desk: Desk, service: RunningService) -> None:
    one, two = twice()
    household_id = uuid4()
    await desk.settled(one)
    await service.deliver(desk.walk.household(two, household_id=household_id))
    kept, merged = await desk.account_of(one), await desk.account_of(two)
    seen = (await desk.preview(kept, merged)).json()["fingerprint"]
    await service.deliver(desk.walk.household(two, household_id=household_id))
    moved = two.model_copy(update={"email": "dominique@ailleurs.example", "revision": 2})
    await service.deliver(desk.walk.household(moved, household_id=household_id))
    assert problem(await desk.merge(kept, merged, seen), 409) == "merge_outdated"
    assert (await desk.merge(kept, merged)).status_code == 201


async def test_nobody_is_left_with_an_account_that_they_never_opened(desk: Desk, service: RunningService) -> None:
    one, two = twice()
    await desk.settled(one)
    await service.deliver(desk.walk.household(two))
    opened, waiting = await desk.account_of(one), await desk.account_of(two)
    assert problem(await desk.merge(waiting, opened, "0" * 64), 409) == "account_not_mergeable"
    assert (await desk.merge(opened, waiting)).status_code == 201


async def test_what_cannot_be_merged_is_refused(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    assert problem(await desk.merge(kept, kept, "0" * 64), 409) == "account_not_mergeable"
    for pair in ((kept, uuid4()), (uuid4(), kept)):
        assert problem(await desk.preview(*pair), 404) == "not_found"
        assert problem(await desk.merge(*pair, "0" * 64), 404) == "not_found"
    assert (await desk.merge(kept, merged)).status_code == 201
    assert problem(await desk.merge(kept, merged, "0" * 64), 409) == "account_not_mergeable"
    assert problem(await desk.merge(merged, kept, "0" * 64), 409) == "account_not_mergeable"
    assert problem(await desk.undo(str(uuid4())), 404) == "not_found"


async def test_an_account_that_took_another_one_in_does_not_disappear_with_it(desk: Desk) -> None:
    """The merge before could not be undone any more."""
    one, two = twice()
    third = twice()[1].model_copy(update={"email": "troisieme@famille.example"})
    await desk.settled(one, two, third)
    first, second, other = [await desk.account_of(person) for person in (one, two, third)]
    assert (await desk.merge(first, second)).status_code == 201
    assert problem(await desk.merge(other, first, "0" * 64), 409) == "account_not_mergeable"
    assert (await desk.merge(first, other)).status_code == 201


@also_under("velizy")
async def test_keys_of_services_go_along(desk: Desk, service: RunningService, profile: str) -> None:
    """What the other account opened is open; what both opened stays; undone, each has its own again."""
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    held = "select service, account_id from service_keys where replaced_at is null order by service, account_id"
    before = [tuple(row) for row in await service.db.fetch(held)]
    if profile == "velizy":
        await service.db.execute("update service_keys set entered_at = null where account_id = $1", kept)
        preview = (await desk.preview(kept, merged)).json()
        assert len(preview["moved_services"]) == len(preview["lost_services"]) == 1
        assert preview["services"] == preview["moved_services"]
    merge_id = (await desk.merge(kept, merged)).json()["merge_id"]
    assert {tuple(row)[1] for row in await service.db.fetch(held)} <= {kept}
    await desk.undo(merge_id)
    after = [tuple(row) for row in await service.db.fetch(held)]
    assert after == [row for row in before if row[1] == merged]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.FINANCE, Role.SITE])
async def test_merging_needs_its_permission(desk: Desk, service: RunningService, role: Role) -> None:
    path = f"/accounts/{uuid4()}"
    body = {"merged_account_id": str(uuid4()), "fingerprint": "0" * 64}
    calls: list[Any] = [
        service.client.get(f"{path}/duplicates", headers=service.as_agent(role)),
        service.client.get(f"{path}/duplicates/{uuid4()}", headers=service.as_agent(role)),
        service.client.post(f"{path}/merges", json=body, headers=service.as_agent(role)),
        service.client.post(f"/account-merges/{uuid4()}/undoing", headers=service.as_agent(role)),
    ]
    assert {(await call).status_code for call in calls} == {403}


async def test_a_merge_and_its_undoing_ask_for_a_proof(desk: Desk, service: RunningService) -> None:
    """ADR 27: whoever finds the session of an agent merges nothing; to look at candidates needs none."""
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    director = agent_of(Role.DIRECTOR)
    others = frozenset(StepUp) - {StepUp.ACCOUNTS}
    headers = service.as_actor(replace(director, opened=others))
    seen = await service.client.get(f"/accounts/{kept}/duplicates/{merged}", headers=headers)
    body = {"merged_account_id": str(merged), "fingerprint": seen.json()["fingerprint"]}
    refused = await service.client.post(f"/accounts/{kept}/merges", json=body, headers=headers)
    assert problem(refused, 403) == "step_up_needed"
    assert await desk.account_of(people[1]) == merged


async def test_every_invariant_holds_after_merges(desk: Desk, service: RunningService) -> None:
    people = twice()
    await desk.settled(*people)
    kept, merged = [await desk.account_of(person) for person in people]
    await desk.undo((await desk.merge(kept, merged)).json()["merge_id"])
    await desk.merge(merged, kept)
    for invariant in CHECKING.invariants:
        assert await service.db.fetch(invariant.violations_sql) == [], invariant.code
