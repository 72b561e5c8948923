"""What becomes of delegations when it shows who their delegates are: kept away from a child, of one mailbox with the parent, out of every file, twice the
same."""

from typing import Any
from uuid import UUID

import pytest

from contracts.family.events import DelegateAsked, DelegateState, DelegationEnded, DelegationState
from contracts.types import ActorKind
from tests.component.family.delegating import JEANNE, OTHERS, Home, opened
from tests.component.family.desk import Desk
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

PAUL: dict[str, Any] = {"first_name": "Paul", "last_name": "Petit", "email": "paul@courriel.example"}


@pytest.fixture
async def home(service: RunningService, desk: Desk) -> Home:
    """A household of two parents and two children."""
    return await opened(service, desk)


async def reached_at(desk: Desk, adult_id: UUID, email: str) -> None:
    """An agent corrects the address of an adult."""
    service = desk._service
    path = f"/adults/{adult_id}/contact"
    known = (await service.client.get(path, headers=desk.headers)).json()
    body = {"version": known["version"], "phone": known["phone"], "email": email}
    answer = await service.client.put(path, json=body, headers=desk.headers)
    assert answer.status_code == 200, answer.text


async def left(desk: Desk, household_id: UUID, adult_id: UUID) -> None:
    """An adult belongs to a household no more: yesterday was the last day."""
    service = desk._service
    path = f"/households/{household_id}/members/{adult_id}/end"
    answer = await service.client.post(path, json={"ends_on": "2026-09-01"}, headers=desk.headers)
    assert answer.status_code == 200, answer.text
    service.advance(days=1)


async def ends(home: Home) -> list[str]:
    """What ended delegations, as it was told."""
    return [fact.end for fact in await home.events(DelegationEnded)]


async def test_a_child_leaves_a_delegation_whose_delegate_may_not_fetch_it_and_the_last_one_ends_it(
    home: Home, desk: Desk
) -> None:
    paul = (await desk.open(**OTHERS)).adults[0]
    given = await home.given(**PAUL)
    lea, tom = home.child_ids
    await home.answers_for(lea, paul.adult_id, "none", role="forbidden_pickup")

    (held,) = await home.held(str(paul.adult_id), ActorKind.PARENT)
    assert [child["first_name"] for child in held["children"]] == ["Tom"], "at once, before any job"
    await home.service.run_job("follow_people")
    await home.service.run_job("follow_people")

    states = await home.events(DelegationState)
    assert [[str(child_id) for child_id in state.child_ids] for state in states] == [[lea, tom], [tom]]
    (seen,) = await home.seen(home.mother_id)
    assert [child["first_name"] for child in seen["left_children"]] == ["Léa"]
    assert (seen["end"], await ends(home)) == (None, [])

    await home.answers_for(tom, paul.adult_id, "none", role="forbidden_pickup")
    (held,) = await home.held(str(paul.adult_id), ActorKind.PARENT)
    assert held["end"] == "kept_away"
    await home.service.run_job("follow_people")
    await home.service.run_job("follow_people")
    (seen,) = await home.seen(home.mother_id)
    assert (seen["end"], await ends(home)) == ("kept_away", ["kept_away"])
    assert given["delegation_id"] == seen["delegation_id"]


async def test_who_reads_the_mailbox_with_the_delegate_keeps_them_away_too_and_nothing_comes_back(
    home: Home, desk: Desk
) -> None:
    zelie = {"civility": "madame", "first_name": "Zélie", "last_name": "Petit", "email": PAUL["email"]}
    paul, _ = (await desk.open(**OTHERS, co_guardian=zelie)).adults
    await home.given(first_name="Zélie", last_name="Petit", email=PAUL["email"], child_ids=home.child_ids[:1])
    day = {"role": "forbidden_pickup", "ends_on": "2026-09-01"}
    await home.answers_for(home.child_ids[0], paul.adult_id, "none", **day)
    await home.service.run_job("follow_people")
    home.service.advance(days=2)
    await home.service.run_job("follow_people")
    (seen,) = await home.seen()
    assert seen["end"] == "kept_away"


async def test_a_ban_that_starts_later_changes_nothing_before(home: Home, desk: Desk) -> None:
    paul = (await desk.open(**OTHERS)).adults[0]
    await home.given(**PAUL, child_ids=home.child_ids[:1])
    day = {"role": "forbidden_pickup", "starts_on": "2026-09-03"}
    await home.answers_for(home.child_ids[0], paul.adult_id, "none", **day)
    await home.service.run_job("follow_people")
    assert [item["end"] for item in await home.seen()] == [None]
    home.service.advance(days=2)
    assert [item["end"] for item in await home.seen()] == ["kept_away"]


@pytest.mark.parametrize("is_known", [True, False])
async def test_who_reads_the_parents_mailbox_by_now_has_no_delegation_of_them(
    home: Home, desk: Desk, is_known: bool
) -> None:
    """Of an account that stands for both, no half is let act by the other."""
    paul = (await desk.open(**OTHERS)).adults[0] if is_known else None
    # An address that the town corrects ends what was given from it, whoever reads the new one.
    end = "delegate_joined" if is_known else "address_corrected"
    given = await home.given(**PAUL)
    beside = await home.given(home.mother_id, **PAUL)
    if paul is not None:
        path = f"/households/{home.household.household_id}/members/{paul.adult_id}"
        joined = await home.service.client.put(path, json={"starts_on": "2026-09-01"}, headers=desk.headers)
        assert joined.status_code == 200, joined.text
        await reached_at(desk, paul.adult_id, str(home.household.adults[0].email))
    else:
        await reached_at(desk, home.father_id, PAUL["email"])
    assert {item["delegation_id"]: item["end"] for item in await home.seen()} == {
        given["delegation_id"]: end,
        beside["delegation_id"]: None,
    }, "at once, before any job; whom the other parent lets act is still let"
    await home.service.run_job("follow_people")
    await home.service.run_job("follow_people")
    assert await ends(home) == [end]


async def test_who_left_their_household_is_invited_like_a_stranger(home: Home, desk: Desk) -> None:
    other = await desk.open(**OTHERS)
    paul = other.adults[0]
    await left(desk, other.household_id, paul.adult_id)
    given = await home.given(**PAUL)
    delegate_id = await home.delegate_of(given)
    assert delegate_id != str(paul.adult_id)
    (state,) = await home.events(DelegateState)
    assert (str(state.delegate_id), state.email) == (delegate_id, PAUL["email"])
    assert not await home.events(DelegateAsked), "there is no account that could hear of it"
    await home.service.run_job("follow_people")
    assert await home.delegate_of(given) == delegate_id, "the file that they left takes nothing from them"

    back = {"starts_on": "2026-09-01"}
    path = f"/households/{other.household_id}/members/{paul.adult_id}"
    assert (await home.service.client.put(path, json=back, headers=desk.headers)).status_code == 200
    await home.service.run_job("follow_people")
    assert await home.delegate_of(given) == str(paul.adult_id)


async def test_who_left_is_kept_away_by_the_address_still(home: Home, desk: Desk) -> None:
    other = await desk.open(**OTHERS)
    paul = other.adults[0]
    await home.answers_for(home.child_ids[0], paul.adult_id, "none", role="forbidden_pickup")
    await left(desk, other.household_id, paul.adult_id)
    assert (await home.give(**PAUL)).status_code == 422
    given = await home.given(**PAUL, child_ids=home.child_ids[1:])
    await home.answers_for(home.child_ids[1], paul.adult_id, "none", role="forbidden_pickup")
    assert [item["end"] for item in await home.seen()] == ["kept_away"]
    assert given["end"] is None


async def test_two_of_one_parent_that_are_one_persons_leave_one_and_say_why(home: Home, desk: Desk) -> None:
    paul = (await desk.open(**OTHERS)).adults[0]
    kept, doubled = await home.given(**PAUL), await home.given(**PAUL | {"email": "p.petit@travail.example"})
    await reached_at(desk, paul.adult_id, "p.petit@travail.example")
    await home.service.run_job("follow_people")
    assert {item["delegation_id"]: item["end"] for item in await home.seen()} == {
        kept["delegation_id"]: None,
        doubled["delegation_id"]: "doubled",
    }
    held = await home.held(str(paul.adult_id), ActorKind.PARENT)
    assert {item["end"] for item in held} == {None, "doubled"}


async def test_a_parent_cannot_tell_whether_an_address_was_known(home: Home, desk: Desk) -> None:
    """Neither by what is answered, nor by the list, a second try, or who is said to have done what."""
    pair = {"civility": "madame", "first_name": "Zélie", "last_name": "Petit", "email": PAUL["email"]}
    await desk.open(**OTHERS, co_guardian=pair)
    known, unknown = PAUL, JEANNE
    answers = [await home.give(**who) for who in (known, unknown)]
    by_known, by_unknown = (_but_for_words(answer.json()) for answer in answers)
    assert by_known == by_unknown
    assert {answer.json()["delegate_id"] for answer in answers} == {None}
    assert [item["delegate_id"] for item in await home.seen()] == [None, None]
    again = [await home.give(**who | {"first_name": "Zélie", "last_name": "Petit"}) for who in (known, unknown)]
    assert [(answer.status_code, answer.json()["code"]) for answer in again] == [(409, "delegation_exists")] * 2

    for answer, kind in zip(answers, (ActorKind.PARENT, ActorKind.DELEGATE), strict=True):
        given = answer.json()
        headers = home.holder(await home.delegate_of(given), kind)
        path = f"/me/delegations/{given['delegation_id']}/renunciation"
        assert (await home.service.client.post(path, headers=headers)).status_code == 200
    acts = [entry for entry in await home.history() if entry["action"] == "delegation_ended"]
    assert {(entry["actor_kind"], entry["actor_id"]) for entry in acts} == {
        ("delegate", answer.json()["delegation_id"]) for answer in answers
    }
    agents = f"/history?household_id={home.household.household_id}"
    read = (await home.service.client.get(agents, headers=desk.headers)).json()["items"]
    assert [entry["actor_kind"] for entry in read if entry["action"] == "delegation_ended"] == ["delegate", "parent"]


async def test_a_child_in_somebodys_care_by_a_decision_is_not_its_parents_to_entrust(home: Home, desk: Desk) -> None:
    foster = (await desk.open(**OTHERS)).adults[0]
    lea, tom = home.child_ids
    given = await home.given()
    await home.answers_for(lea, foster.adult_id, "none", role="caretaker", ends_on="2026-09-02")
    (held,) = await home.held(await home.delegate_of(given))
    assert [child["first_name"] for child in held["children"]] == ["Tom"]
    assert (await home.give(home.mother_id, child_ids=[lea])).status_code == 404
    assert (await home.give(foster.adult_id, child_ids=[lea])).status_code == 404, (
        "what was entrusted is not entrusted on"
    )
    await home.answers_for(tom, foster.adult_id, "sole", role="caretaker", ends_on="2026-09-02")
    assert [item["end"] for item in await home.seen()] == ["authority_lost"]
    home.service.advance(days=3)
    assert [item["end"] for item in await home.seen()] == [None], "nothing was written down meanwhile"
    assert (await home.give(home.mother_id, child_ids=[lea])).status_code == 201, "foster dates end the day after"


async def test_it_ends_when_its_child_comes_of_age(home: Home, desk: Desk) -> None:
    born = {"first_name": "Max", "last_name": "Le Goff", "birth_on": "2008-09-03"}
    grown = Home(
        home.service,
        await desk.open(
            guardian={"first_name": "Ève", "email": "eve@courriel.example"},
            co_guardian=PAUL | {"civility": "none"},
            children=[born],
        ),
    )
    await grown.given()
    home.service.advance(days=1)
    assert [item["end"] for item in await grown.seen()] == [None], "the last day of minority"
    home.service.advance(days=1)
    await home.service.run_job("follow_people")
    assert [item["end"] for item in await grown.seen()] == ["authority_lost"]
    assert (await grown.give()).status_code == 404


def _but_for_words(answer: dict[str, Any]) -> dict[str, Any]:
    """What is answered, without ids, instants and what the parent typed."""
    typed = ("delegation_id", "first_name", "last_name", "email", "given_at")
    return {name: value for name, value in answer.items() if name not in typed}
